import { AMOUNT_MAX, decimalsOf, formatMoney, type Money, toDecimal } from '../../money.ts';

/** Currencies whose amounts have no decimals at Stripe, and those that have three: https://docs.stripe.com/currencies */
const NO_DECIMALS: ReadonlySet<string> = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
);
const THREE_DECIMALS: ReadonlySet<string> = new Set('BHD JOD KWD OMR TND'.split(' '));
/** They have none any more, but Stripe still counts in hundredths: 5 UGX are 500. */
const STILL_TWO_DECIMALS: ReadonlySet<string> = new Set('ISK UGX'.split(' '));

/**
 * The least that one payment may be, in the currency's smallest unit (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
 * Of other currencies Stripe says it when it is asked.
 */
const LEAST: Readonly<Record<string, bigint>> = {
  AED: 200n,
  AUD: 50n,
  BGN: 100n,
  BRL: 50n,
  CAD: 50n,
  CHF: 50n,
  CZK: 1500n,
  DKK: 250n,
  EUR: 50n,
  GBP: 30n,
  HKD: 400n,
  HUF: 17_500n,
  INR: 50n,
  JPY: 50n,
  MXN: 1000n,
  MYR: 200n,
  NOK: 300n,
  NZD: 50n,
  PLN: 200n,
  RON: 200n,
  SEK: 300n,
  SGD: 50n,
  THB: 1000n,
  USD: 50n,
};

/** Null where nobody here knows how Stripe counts. */
function stripeDecimals(currency: string): number | null {
  if (NO_DECIMALS.has(currency)) return 0;
  if (THREE_DECIMALS.has(currency)) return 3;
  return STILL_TWO_DECIMALS.has(currency) || decimalsOf(currency) === 2 ? 2 : null;
}

/** Why Stripe cannot be told exactly this amount, as a sentence; null where it can. */
export function amountRefusal({ amount, currency }: Money): string | null {
  const decimals = stripeDecimals(currency);
  if (decimals === null) return `Stripe takes no payments in ${currency}.`;
  const step = stepOf(currency, decimals);
  if (amount % step !== 0n) {
    const whole = toDecimal({ amount: step, currency });
    return `Stripe takes amounts in ${currency} in steps of ${whole}: choose another amount or another way to pay.`;
  }
  const inStripeUnit = scaled(amount, decimals - decimalsOf(currency));
  return inStripeUnit > AMOUNT_MAX ? 'The amount is too large for Stripe: choose another way to pay.' : null;
}

/** The same for a payment, which also must not be too small. */
export function paymentRefusal(money: Money): string | null {
  const least = LEAST[money.currency];
  if (least === undefined || money.amount >= least) return amountRefusal(money);
  return `Stripe takes no less than ${formatMoney({ ...money, amount: least })}: choose another way to pay.`;
}

/** As Stripe counts it. Throws where amountRefusal has something to say. */
export function toStripe(money: Money): { readonly amount: number; readonly currency: string } {
  const refusal = amountRefusal(money);
  if (refusal !== null) throw new RangeError(refusal);
  const decimals = stripeDecimals(money.currency) ?? 2;
  return {
    // biome-ignore lint/plugin: exact, for amountRefusal has looked that it is a safe integer. Stripe's library takes nothing else.
    amount: Number(scaled(money.amount, decimals - decimalsOf(money.currency))),
    currency: money.currency.toLowerCase(),
  };
}

/**
 * What Stripe says as we count it. Throws where that is no whole number of the currency's smallest unit, which cannot come of
 * anything that toStripe gave.
 */
export function fromStripe(amount: number, currency: string): Money {
  const code = currency.toUpperCase();
  const difference = decimalsOf(code) - (stripeDecimals(code) ?? decimalsOf(code));
  const given = BigInt(amount);
  if (difference < 0 && given % 10n ** BigInt(-difference) !== 0n)
    throw new RangeError(`Stripe said ${amount} ${code}, which is no whole amount.`);
  return { amount: scaled(given, difference), currency: code };
}

/** Multiplied by ten so often; divided where that is negative. */
const scaled = (amount: bigint, tens: number): bigint =>
  tens < 0 ? amount / 10n ** BigInt(-tens) : amount * 10n ** BigInt(tens);

/** In our smallest unit, what Stripe's amounts are multiples of. */
function stepOf(currency: string, decimals: number): bigint {
  // Three decimals, of which the last has to be 0.
  if (decimals === 3) return 10n;
  return 10n ** BigInt(Math.max(decimalsOf(currency) - decimals, 0));
}
