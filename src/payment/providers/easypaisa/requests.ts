import type { Attempt } from '../provider.ts';
import { RefusedError } from '../provider.ts';
import { hostedRupees, rupees } from './amounts.ts';
import { merchantHash } from './merchant-hash.ts';
import { expiryText } from './pakistan-time.ts';
import type { EasyPaisaSettings } from './settings.ts';

type Fields = Readonly<Record<string, string>>;

const PHONE_PATTERN = /^03\d{9}$/;

/** The form that the payer's browser posts to EasyPaisa's page; the same each time for one attempt. */
export function hostedForm(attempt: Attempt, settings: EasyPaisaSettings): Fields {
  const { storeId, hostedMethod, hostedDecimals, hashKey, returnUrl } = settings;
  const fields = {
    amount: hostedRupees(attempt.money, hostedDecimals),
    autoRedirect: '1',
    expiryDate: expiryText(attempt.expiresAt),
    orderRefNum: attempt.reference,
    ...(hostedMethod === '' ? {} : { paymentMethod: hostedMethod }),
    postBackURL: returnUrl(),
    storeId,
  };
  return { ...fields, merchantHashedReq: merchantHash(fields, hashKey) };
}

/** A prompt on the payer's phone. */
export function walletRequest(attempt: Attempt, { storeId, email }: EasyPaisaSettings): Fields {
  const { reference, money, phoneNumber } = attempt;
  if (!phoneNumber || !PHONE_PATTERN.test(phoneNumber))
    throw new RefusedError('EasyPaisa needs the number of a mobile account such as 03001234567.');
  return {
    orderId: reference,
    storeId,
    transactionAmount: rupees(money),
    transactionType: 'MA',
    mobileAccountNo: phoneNumber,
    ...(email === null ? {} : { emailAddress: email }),
  };
}

export const inquiryRequest = ({ reference }: Attempt, { storeId, accountNumber }: EasyPaisaSettings): Fields => ({
  orderId: reference,
  storeId,
  accountNum: accountNumber,
});
