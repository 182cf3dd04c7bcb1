/** What an answer says of its payment, before it is signed. */
export type Said = Record<string, string>;

/**
 * How an answer goes. NEVER: the work is done and nothing is said; CUT: the work is done and the connection ends;
 * LATE_ERROR: the work is done, and what is said has status 503; HTML: the firewall's page, with status 200, and no work is
 * done; ERROR: status 500, and no work is done; MOVED: a redirection to the same address, and no work is done; TEXT: as
 * text/html, with the numbers unquoted.
 */
export type Reply =
  | 'OK'
  | 'NEVER'
  | 'CUT'
  | 'HTML'
  | 'ERROR'
  | 'MOVED'
  | 'LATE_ERROR'
  | 'WRONG_HASH'
  | 'NO_HASH'
  | 'TEXT';

export interface Behaviour {
  readonly reply?: Reply;
  readonly delayMs?: number;
  /** The payment's code, or the refund's: 000 where none is given. */
  readonly code?: string;
  /** An inquiry's own code, and what it says otherwise than is true. */
  readonly inquiryCode?: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** When the IPNs of a wallet's payment go out. */
  readonly ipn?: 'BEFORE' | 'AFTER' | 'NONE';
}

export interface Transaction {
  readonly reference: string;
  readonly amount: string;
  readonly form: Readonly<Record<string, string>>;
  code: string;
  status: string;
  refunded: bigint;
}

export interface Moved {
  readonly reference: string;
  readonly amount: string;
}

/** The money of a stand-in for JazzCash: what was begun, taken and given back. Signs nothing and knows no HTTP. */
export interface Ledger {
  readonly transactions: ReadonlyMap<string, Transaction>;
  /** One for each time that money was taken: more than one of a reference is a double charge. */
  readonly charges: readonly Moved[];
  /** One for each time that money was given back. */
  readonly refunds: readonly Moved[];
  /** A code where JazzCash would not take the fields. */
  begin(fields: Said): Transaction | string;
  settle(transaction: Transaction, code: string, status?: string): void;
  inquire(fields: Said, behaviour: Behaviour): Said;
  refund(fields: Said, behaviour: Behaviour): Said;
}

export const PAID = 'Thank you for Using JazzCash, your transaction was successful.';

/** `reject` is told why fields were not taken. */
export function createLedger(merchantId: string, mpin: string, reject: (why: string) => void): Ledger {
  const transactions = new Map<string, Transaction>();
  const charges: Moved[] = [];
  const refunds: Moved[] = [];

  function begin(fields: Said): Transaction | string {
    const wrong = Object.entries({
      pp_Amount: /^\d{3,13}$/,
      pp_TxnCurrency: /^PKR$/,
      pp_TxnDateTime: /^\d{14}$/,
      pp_TxnExpiryDateTime: /^\d{14}$/,
      pp_BillReference: /^[A-Za-z0-9]{1,20}$/,
      pp_Description: /^[^<>\\*=%/:'"|{}&]{1,200}$/,
    }).find(([name, form]) => !form.test(fields[name] ?? ''));
    if (wrong) {
      reject(`110: ${wrong[0]}`);
      return '110';
    }
    const { pp_TxnRefNo: reference = '', pp_Amount: amount = '' } = fields;
    const known = transactions.get(reference);
    const made = known ?? { reference, amount, form: fields, code: '157', status: 'Pending', refunded: 0n };
    transactions.set(reference, made);
    return made;
  }

  function settle(transaction: Transaction, code: string, status?: string): void {
    const isPaid = code === '000' || code === '121';
    if (isPaid) charges.push({ reference: transaction.reference, amount: transaction.amount });
    transaction.code = isPaid ? '121' : code;
    transaction.status = status ?? (isPaid ? 'Completed' : code === '157' ? 'Pending' : 'Failed');
  }

  function inquire(fields: Said, { inquiryCode = '000' }: Behaviour) {
    const transaction = transactions.get(fields.pp_TxnRefNo ?? '');
    const known = inquiryCode === '000' ? transaction : undefined;
    return {
      pp_ResponseCode: inquiryCode,
      pp_ResponseMessage: inquiryCode === '000' ? PAID : 'The system could not do it.',
      pp_PaymentResponseCode: inquiryCode === '000' ? (known?.code ?? '999') : '',
      pp_PaymentResponseMessage: known ? 'As the code says.' : '',
      pp_Status: known?.status ?? '',
      pp_RetrievalReferenceNo: known ? numberOf(known.reference) : '',
      pp_SettlementDate: '',
      pp_SettlementExpiry: '',
      pp_AuthCode: '',
      pp_BankID: '',
      pp_ProductID: '',
      pp_MerchantID: known ? merchantId : '',
      pp_TxnRefNo: known?.reference ?? '',
      pp_TxnType: known ? known.form.pp_TxnType || 'MWALLET' : '',
      pp_Amount: known?.amount ?? '',
      pp_TxnDateTime: known?.form.pp_TxnDateTime ?? '',
      pp_BillReference: known?.form.pp_BillReference ?? '',
    };
  }

  function refund(fields: Said, { code = '000' }: Behaviour) {
    const { pp_TxnRefNo: reference = '', pp_Amount: amount = '' } = fields;
    const transaction = transactions.get(reference);
    if (code !== '000') return answerOf(code);
    if (fields.pp_MerchantMPIN !== mpin) return answerOf('132');
    if (transaction?.code !== '121' || !/^[1-9]\d*$/.test(amount)) return answerOf('110');
    if (transaction.refunded === BigInt(transaction.amount)) return answerOf('131');
    if (transaction.refunded + BigInt(amount) > BigInt(transaction.amount)) return answerOf('452');
    transaction.refunded += BigInt(amount);
    refunds.push({ reference, amount });
    return answerOf('000', 'Transaction refunded successfully');
  }

  return { transactions, charges, refunds, begin, settle, inquire, refund };
}

export const answerOf = (code: string, message = 'As the code says.'): Said => ({
  pp_ResponseCode: code,
  pp_ResponseMessage: message,
});

/** A retrieval reference of twelve digits, for each reference another one. */
export const numberOf = (reference: string): string =>
  (BigInt(`0x${Buffer.from(reference).toString('hex')}`) % 1_000_000_000_000n).toString().padStart(12, '2');
