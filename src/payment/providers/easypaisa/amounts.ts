import { fromDecimal, type Money, toDecimal } from '../../money.ts';

/** How many decimals EasyPaisa's page takes of an amount. Its guide says one; two have been seen to be taken. */
export type HostedDecimals = 1 | 2;

/** The largest amount in paisa: a JSON number says each one up to here exactly. */
const LARGEST_AMOUNT = 9_999_999_999_999n;

/** Why it cannot be paid, as a sentence; null where it can. */
export function amountRefusal({ amount, currency }: Money, decimals: 1 | 2): string | null {
  if (currency !== 'PKR') return 'EasyPaisa takes Pakistani rupees (PKR) only.';
  if (amount <= 0n) return 'There is nothing to pay.';
  if (amount > LARGEST_AMOUNT) return 'EasyPaisa takes payments of at most Rs 99,999,999,999.99.';
  if (decimals === 1 && amount % 10n !== 0n)
    return "EasyPaisa's page takes amounts in steps of 10 paisa: the total has to end in 0, such as Rs 1,500.50.";
  return null;
}

/** `1500.50`: what calls say. */
export const rupees = (money: Money): string => toDecimal(money);

/** `1500.5` or `1500.50`: what the form of the page says. Throws where that is not all of it. */
export function hostedRupees(money: Money, decimals: HostedDecimals): string {
  const text = toDecimal(money);
  if (decimals === 2) return text;
  if (!text.endsWith('0')) throw new Error("EasyPaisa's page takes amounts in steps of 10 paisa.");
  return text.slice(0, -1);
}

/** What an answer's transactionAmount says: a number of rupees, as its text. Null where it is none. */
export function paisa(text: string | undefined): Money | null {
  const amount = text === undefined ? null : fromDecimal(text, 'PKR');
  return amount === null ? null : { amount, currency: 'PKR' };
}
