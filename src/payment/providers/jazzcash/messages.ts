import { createHash, timingSafeEqual } from 'node:crypto';
import type { GivenFields } from './raw-fields.ts';
import { beganAt, pakistanTime } from './reference.ts';
import { hasValidHash } from './secure-hash.ts';
import type { JazzCashSettings } from './settings.ts';

/**
 * The form of each field that JazzCash sends. No value has an `&`, because the signature joins values by it: with the names
 * of each message fixed and all forms distinct enough, a signed message cannot be read as another one.
 */
const FORMS = {
  pp_Amount: /^[1-9]\d{0,15}$/,
  pp_AuthCode: /^[A-Za-z0-9]{1,30}$/,
  pp_BankID: /^[A-Z]{1,20}$/,
  pp_BillReference: /^[A-Za-z0-9]{1,20}$/,
  pp_CNIC: /^\d{6}$/,
  pp_Description: /^[^&\p{Cc}]{1,200}$/u,
  pp_DiscountedAmount: /^\d{1,16}$/,
  pp_Language: /^EN$/,
  pp_MerchantID: /^[A-Za-z0-9]{1,30}$/,
  pp_MobileNumber: /^03\d{9}$/,
  pp_Password: /^[^&\p{Cc}]{1,100}$/u,
  pp_PaymentResponseCode: /^\d{3}$/,
  pp_PaymentResponseMessage: /^[^&\p{Cc}]{1,500}$/u,
  pp_ProductID: /^[A-Z]{1,20}$/,
  pp_ResponseCode: /^\d{3}$/,
  pp_ResponseMessage: /^[^&\p{Cc}]{1,500}$/u,
  // Spelt in two ways by JazzCash itself.
  pp_RetreivalReferenceNo: /^\d{6,20}$/,
  pp_RetrievalReferenceNo: /^\d{6,20}$/,
  pp_ReturnURL: /^https?:\/\/[^&\s]{1,192}$/,
  pp_SettlementDate: /^[\d :/-]{8,30}$/,
  pp_SettlementExpiry: /^[\d :/-]{8,30}$/,
  pp_Status: /^(Pending|Completed|Dropped|Failed|Validation Failed)$/,
  pp_SubMerchantID: /^[A-Za-z0-9]{1,30}$/,
  pp_SubMerchantId: /^[A-Za-z0-9]{1,30}$/,
  pp_SubMerchantName: /^[A-Za-z]{1,100}$/,
  pp_TxnCurrency: /^[A-Z]{3}$/,
  pp_TxnDateTime: /^\d{14}$/,
  pp_TxnExpiryDateTime: /^\d{14}$/,
  pp_TxnRefNo: /^[A-Za-z0-9]{1,30}$/,
  pp_TxnType: /^(MWALLET|MPAY|MIGS|OTC|DD|PAY)$/,
  pp_Version: /^(1\.1|2\.0)$/,
  ppmbf_1: /^[\w .-]{1,100}$/,
  ppmbf_2: /^[\w .-]{1,100}$/,
  ppmbf_3: /^[\w .-]{1,100}$/,
  ppmbf_4: /^[\w .-]{1,100}$/,
  ppmbf_5: /^[\w .-]{1,100}$/,
  // The payer's number is all that is ever put into these five.
  ppmpf_1: /^03\d{9}$/,
} as const satisfies Record<string, RegExp>;

type FieldName = keyof typeof FORMS;
export type Fields = Readonly<Partial<Record<FieldName, string>>>;

export type MessageType = 'RETURN' | 'IPN' | 'WALLET' | 'INQUIRY' | 'REFUND';

/** Which fields a message has to have, and which ones it may have. Any other one makes it a forgery. */
const MESSAGES: Readonly<Record<MessageType, { required: readonly FieldName[]; optional: readonly FieldName[] }>> = {
  // The merchant's id stands behind all that a payer could have had a hand in.
  RETURN: {
    required: names(`pp_Amount pp_BillReference pp_MerchantID pp_ResponseCode pp_ResponseMessage pp_TxnCurrency
      pp_TxnDateTime pp_TxnRefNo`),
    optional: names(`pp_AuthCode pp_BankID pp_DiscountedAmount pp_Language pp_ProductID pp_RetreivalReferenceNo
      pp_RetrievalReferenceNo pp_SettlementExpiry pp_SubMerchantID pp_SubMerchantId pp_TxnType pp_Version ppmbf_1 ppmbf_2
      ppmbf_3 ppmbf_4 ppmbf_5 ppmpf_1`),
  },
  IPN: {
    required: names('pp_Password pp_ResponseCode pp_TxnDateTime pp_TxnRefNo'),
    optional:
      names(`pp_AuthCode pp_BankID pp_ProductID pp_ResponseMessage pp_RetreivalReferenceNo pp_RetrievalReferenceNo
      pp_SettlementExpiry pp_TxnType pp_Version`),
  },
  WALLET: {
    required: names('pp_ResponseCode'),
    optional:
      names(`pp_Amount pp_AuthCode pp_BankID pp_BillReference pp_CNIC pp_Description pp_DiscountedAmount pp_Language
      pp_MerchantID pp_MobileNumber pp_Password pp_ProductID pp_ResponseMessage pp_RetreivalReferenceNo
      pp_RetrievalReferenceNo pp_ReturnURL pp_SettlementExpiry pp_SubMerchantID pp_SubMerchantId pp_SubMerchantName
      pp_TxnCurrency pp_TxnDateTime pp_TxnExpiryDateTime pp_TxnRefNo pp_TxnType pp_Version ppmbf_1 ppmbf_2 ppmbf_3 ppmbf_4
      ppmbf_5 ppmpf_1`),
  },
  INQUIRY: {
    required: names('pp_ResponseCode'),
    optional: names(`pp_Amount pp_AuthCode pp_BankID pp_BillReference pp_MerchantID pp_PaymentResponseCode
      pp_PaymentResponseMessage pp_ProductID pp_ResponseMessage pp_RetreivalReferenceNo pp_RetrievalReferenceNo
      pp_SettlementDate pp_SettlementExpiry pp_Status pp_TxnCurrency pp_TxnDateTime pp_TxnRefNo pp_TxnType pp_Version`),
  },
  REFUND: {
    required: names('pp_ResponseCode'),
    optional: names('pp_Amount pp_MerchantID pp_ResponseMessage pp_TxnCurrency pp_TxnRefNo'),
  },
};

/** These come by themselves; the others answer a call, over a connection that is JazzCash's. */
const PUSHED: ReadonlySet<MessageType> = new Set(['RETURN', 'IPN']);

/** What is said of a message that is not what it should be: for the log, without any of its values. */
export interface Fault {
  readonly fault: string;
}

/**
 * The fields of a message of JazzCash's, once it is certain that it is one: signed, with this type's fields and no others,
 * each in its form, and about this merchant.
 */
export function checkMessage(type: MessageType, given: GivenFields, settings: JazzCashSettings): Fields | Fault {
  if (!given.pp_SecureHash) return { fault: 'It has no hash.' };
  if (!hasValidHash(given, settings)) return { fault: 'Its hash is wrong.' };
  const { required, optional } = MESSAGES[type];
  const fields: Partial<Record<FieldName, string>> = {};
  for (const [name, text] of Object.entries(given)) {
    // Names that are not hashed say nothing, and nobody reads them.
    if (!/^pp/i.test(name) || name === 'pp_SecureHash') continue;
    const known = [...required, ...optional].find(field => field === name);
    if (!known) return { fault: /^\w{1,40}$/.test(name) ? `It has a field ${name}.` : 'It has an unknown field.' };
    if (!FORMS[known].test(text)) return { fault: `Its ${known} is not in its form.` };
    fields[known] = text;
  }
  const missing = required.find(name => fields[name] === undefined);
  if (missing) return { fault: `It has no ${missing}.` };
  if ((fields.pp_MerchantID ?? settings.merchantId) !== settings.merchantId)
    return { fault: 'It is for another merchant.' };
  if (!isSame(fields.pp_Password ?? settings.password, settings.password)) return { fault: 'Its password is wrong.' };
  if (PUSHED.has(type) && !isOfItsTime(fields)) return { fault: 'Its time is not that of its transaction.' };
  return fields;
}

/** The provider's own number of the payment; null where the message has none. */
export const retrievalReferenceOf = (fields: Fields): string | null =>
  fields.pp_RetrievalReferenceNo ?? fields.pp_RetreivalReferenceNo ?? null;

/** References of other makers, at the same merchant's account, tell no time. */
function isOfItsTime({ pp_TxnRefNo: reference, pp_TxnDateTime: time }: Fields): boolean {
  const began = reference === undefined ? null : beganAt(reference);
  return began === null || time === undefined || time === pakistanTime(began);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [a, b].map(text => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

function names(list: string): readonly FieldName[] {
  return list.split(/\s+/).map(name => {
    if (!isFieldName(name)) throw new Error(`There is no form for ${name}.`);
    return name;
  });
}

function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(FORMS, name);
}
