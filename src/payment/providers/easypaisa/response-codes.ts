/**
 * What a call's responseCode says. ACCEPTED: of an initiation that it is with EasyPaisa, of an inquiry that it was
 * answered; never that anything was paid. UNDECIDED: the payer was too slow, or the order's number is not known (yet).
 * MISCONFIGURED: EasyPaisa did nothing, because of this server's settings or of the merchant's account.
 */
export type Outcome = 'ACCEPTED' | 'DECLINED' | 'UNDECIDED' | 'MISCONFIGURED' | 'UNKNOWN';

/** The list of Easypay's guide up to 0007; those after it are known from other servers that call it. */
const CODES: readonly (readonly [outcome: Outcome, codes: string])[] = [
  ['ACCEPTED', '0000'],
  ['DECLINED', '0009 0011 0013 0014 0026 0029'],
  // The PIN did not come in time: it may have come all the same.
  ['UNDECIDED', '0012'],
  [
    'MISCONFIGURED',
    '0002 0004 0005 0006 0007 0008 0010 0015 0016 0017 0018 0019 0020 0021 0022 0023 0024 0025 0027 0028',
  ],
];
const OUTCOMES: ReadonlyMap<string, Outcome> = new Map(
  CODES.flatMap(([outcome, codes]) => codes.split(' ').map(code => [code, outcome] as const)),
);

export const outcomeOf = (code: string): Outcome => OUTCOMES.get(code) ?? 'UNKNOWN';

/** Of an inquiry: EasyPaisa does not know the order's number. Of an initiation it says too little. */
export const UNKNOWN_ORDER = '0003';

const REASONS: Readonly<Record<string, string>> = {
  '0009': 'The bank declined the card.',
  '0011': 'The PIN was wrong.',
  '0012': 'The PIN was not entered in time.',
  '0013': 'The balance of the mobile account is too low.',
  '0014': 'There is no such mobile account.',
  '0026': 'EasyPaisa knows no mobile account of this number.',
  '0029': 'The amount is beyond the limits of the mobile account.',
  AUTHORIZATION_SENDER_ACCOUNT_NOT_ACTIVE: 'The mobile account is not active.',
  BLOCKED: 'EasyPaisa blocked the payment.',
};

/** For a person, and never EasyPaisa's own words: those can name the payer. */
export const reasonOf = (code: string | null): string =>
  (code === null ? undefined : REASONS[code]) ??
  `EasyPaisa did not take the payment${code === null ? '' : ` (code ${code})`}. Try again, or pay in another way.`;
