import type { Attempt, RefundRequest } from '../provider.ts';
import { RefusedError } from '../provider.ts';
import { signedTimes } from './reference.ts';
import type { JazzCashSettings } from './settings.ts';

type RequestFields = Readonly<Record<string, string>>;

const PHONE_PATTERN = /^03\d{9}$/;

/** By which people find the order in JazzCash's records: letters first, so that it is never like a response code. */
export function billReferenceOf(orderNumber: string): string {
  const bare = orderNumber.replace(/[^A-Za-z0-9]/g, '');
  return (/^[A-Za-z]/.test(bare) ? bare : `ORD${bare}`).slice(0, 20);
}

/**
 * The form that the payer's browser posts, without its hash. Every text in it is this server's own: what a payer can put
 * into a signed form they can read back as another field of a signed message. pp_Password is in it because JazzCash asks
 * for it there.
 */
export const hostedFields = (attempt: Attempt, settings: JazzCashSettings): RequestFields => ({
  pp_Version: '1.1',
  pp_TxnType: settings.hostedType,
  pp_ReturnURL: returnUrlOf(settings),
  ...common(attempt, settings),
  ...noExtras(),
});

/** A prompt on the payer's phone, without its hash. */
export function walletFields(attempt: Attempt, settings: JazzCashSettings): RequestFields {
  const { phoneNumber } = attempt;
  if (!phoneNumber || !PHONE_PATTERN.test(phoneNumber))
    throw new RefusedError('JazzCash needs the number of a mobile account such as 03001234567.');
  if (settings.walletVersion === '2.0')
    return { ...common(attempt, settings), pp_MobileNumber: phoneNumber, pp_CNIC: '', ...noExtras() };
  return {
    pp_Version: '1.1',
    pp_TxnType: 'MWALLET',
    pp_ReturnURL: returnUrlOf(settings),
    ...common(attempt, settings),
    ...(settings.subMerchantName === null ? {} : { pp_SubMerchantName: settings.subMerchantName }),
    ...noExtras(),
    ppmpf_1: phoneNumber,
  };
}

export const inquiryFields = ({ reference }: Attempt, { merchantId, password }: JazzCashSettings): RequestFields => ({
  pp_TxnRefNo: reference,
  pp_MerchantID: merchantId,
  pp_Password: password,
});

export function refundFields(
  { reference }: Attempt,
  { money }: RefundRequest,
  { merchantId, password, mpin }: JazzCashSettings,
): RequestFields {
  if (mpin === null) throw new RefusedError('Without JAZZCASH_MPIN nothing can be refunded by this server.');
  return {
    pp_TxnRefNo: reference,
    pp_Amount: money.amount.toString(),
    pp_TxnCurrency: money.currency,
    pp_MerchantID: merchantId,
    pp_Password: password,
    pp_MerchantMPIN: mpin,
  };
}

function common({ reference, orderNumber, money }: Attempt, { merchantId, password }: JazzCashSettings): RequestFields {
  const { begin, expiry } = signedTimes(reference);
  const billReference = billReferenceOf(orderNumber);
  return {
    pp_Language: 'EN',
    pp_MerchantID: merchantId,
    pp_SubMerchantID: '',
    pp_Password: password,
    pp_BankID: '',
    pp_ProductID: '',
    pp_TxnRefNo: reference,
    pp_Amount: money.amount.toString(),
    pp_TxnCurrency: money.currency,
    pp_TxnDateTime: begin,
    pp_BillReference: billReference,
    pp_Description: `Order ${billReference}`,
    pp_TxnExpiryDateTime: expiry,
  };
}

const noExtras = (): RequestFields => Object.fromEntries([1, 2, 3, 4, 5].map(number => [`ppmpf_${number}`, '']));

function returnUrlOf({ returnUrl }: JazzCashSettings): string {
  const url = returnUrl();
  if (url.length > 200) throw new RefusedError('JazzCash takes addresses for returns of at most 200 characters.');
  return url;
}
