/** An amount in the currency's smallest unit: 1050n USD is $10.50, 1050n JPY is ¥1,050. Never a fraction, never a float. */
export interface Money {
  readonly amount: bigint;
  /** ISO 4217, upper case. */
  readonly currency: string;
}

/** What the API's SafeInt can carry. */
export const AMOUNT_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** How many decimals a currency's amounts have where it is not two (ISO 4217, list one). */
const OTHER_DECIMALS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(code => [code, 0]),
  ),
  ...Object.fromEntries('BHD IQD JOD KWD LYD OMR TND'.split(' ').map(code => [code, 3])),
};

export const decimalsOf = (currency: string): number => OTHER_DECIMALS[currency] ?? 2;

const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** Whether it is the code of a currency: three upper-case letters that ISO 4217 knows. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

/** The amount as a decimal number of the currency's main unit: 150050n in PKR is `1500.50`, 500n in JPY is `500`. */
export function toDecimal({ amount, currency }: Money): string {
  const decimals = decimalsOf(currency);
  const digits = amount
    .toString()
    .replace('-', '')
    .padStart(decimals + 1, '0');
  const sign = amount < 0n ? '-' : '';
  return decimals === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

const DECIMAL_PATTERN = /^(\d{1,13})(?:\.(\d+))?$/;

/**
 * The amount that a decimal number of the main unit says; null where it is none, has a sign or an exponent, or says more
 * than the currency's decimals hold. A JSON number is given as `String(number)`.
 */
export function fromDecimal(text: string, currency: string): bigint | null {
  const decimals = decimalsOf(currency);
  const [, whole, fraction = ''] = DECIMAL_PATTERN.exec(text) ?? [];
  const kept = fraction.slice(0, decimals).padEnd(decimals, '0');
  if (whole === undefined || /[^0]/.test(fraction.slice(decimals))) return null;
  return BigInt(whole + kept);
}

/** For people: `$10.50`, `PKR 1,400.00`. */
export function formatMoney(money: Money): string {
  // How many decimals Intl shows is a habit of the language's: it would round rupees, and every amount has to stand as it is.
  const decimals = decimalsOf(money.currency);
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  // A decimal string is formatted digit by digit, without being made a float.
  return new Intl.NumberFormat('en', { style: 'currency', currency: money.currency, ...options }).format(
    toDecimal(money) as Intl.StringNumericLiteral,
  );
}
