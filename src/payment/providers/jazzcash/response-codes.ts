/**
 * What a response code says of a payment. ASK: it is not over, and what became of it has to be asked. FAULT: JazzCash itself
 * failed, and a payment may yet come of it. MISCONFIGURED: it did nothing, because of this server's settings.
 */
export type Outcome =
  | 'SUCCEEDED'
  | 'PENDING'
  | 'ASK'
  | 'EXPIRED'
  | 'CANCELED'
  | 'FAILED'
  | 'FAULT'
  | 'REVERSED'
  | 'REVIEW'
  | 'DISPUTED'
  | 'MISCONFIGURED'
  | 'UNKNOWN';

/** JazzCash's list of response codes, by its own categories. */
const CODES: readonly (readonly [outcome: Outcome, codes: string])[] = [
  ['SUCCEEDED', '000 121'],
  ['PENDING', '124 157 210 119'],
  // The PIN or the card's confirmation did not come in time: the payer may have given it all the same.
  ['ASK', '134 058 403'],
  ['EXPIRED', '116'],
  ['CANCELED', '129 112'],
  ['FAILED', '001 002 003 004 024 055 059 060 062 063 066 067 095'],
  ['FAULT', '199 999'],
  ['REVERSED', '122 131'],
  // Authorized and not captured, delivered, …: nothing that this server ever asks for.
  ['REVIEW', '200 125 128 132'],
  ['DISPUTED', '126'],
  ['MISCONFIGURED', '101 105 110 111 115 118'],
];
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map(
  CODES.flatMap(([outcome, codes]) => codes.split(' ').map(code => [code, outcome] as const)),
);

/** Cards and 3-D Secure; 451 and above are answers to refunds. */
const CARD_PATTERN = /^4([0-4]\d|50)$/;

export const outcomeOf = (code: string): Outcome =>
  OUTCOMES.get(code) ?? (CARD_PATTERN.test(code) ? 'FAILED' : 'UNKNOWN');

const REASONS: Readonly<Record<string, string>> = {
  '001': 'The limit of the mobile account is reached.',
  '002': 'There is no such mobile account.',
  '003': 'The mobile account is not active.',
  '004': 'The balance of the mobile account is too low.',
  '024': 'The PIN was wrong.',
  '112': 'The payment was canceled.',
  '116': 'The time to pay is over.',
  '129': 'The payment was given up.',
  '402': 'The bank declined the card.',
  '405': 'There is not enough money on the card.',
};

/** For a person; the same for every payment with this code. */
export const reasonOf = (code: string): string =>
  REASONS[code] ?? `JazzCash did not take the payment (code ${code}). Try again, or pay in another way.`;

const REFUND_REFUSALS: Readonly<Record<string, string>> = {
  '110': 'JazzCash knows no such payment by a mobile account.',
  '132': 'JazzCash says that this payment cannot be refunded.',
  '451': 'JazzCash refunds a part of a payment only once: refund the rest in another way.',
  '452': 'JazzCash says that this payment cannot be refunded.',
  '453': 'JazzCash refused the refund.',
  '454': 'JazzCash refunds this payment only as a whole.',
  '455': 'The payment has not been settled yet: try again on the next working day.',
};

/** Why a refund was certainly not made, for a person; null where the code does not say that. */
export const refundRefusalOf = (code: string): string | null => REFUND_REFUSALS[code] ?? null;
