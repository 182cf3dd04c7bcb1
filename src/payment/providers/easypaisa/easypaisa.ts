import {
  type Answer,
  type Attempt,
  type NextAction,
  type PaymentAdapter,
  RefusedError,
  UnknownOutcomeError,
} from '../provider.ts';
import { amountRefusal } from './amounts.ts';
import { callEasyPaisa } from './call.ts';
import { newReference } from './reference.ts';
import { hostedForm, inquiryRequest, walletRequest } from './requests.ts';
import { easyPaisaRoutes } from './routes.ts';
import type { EasyPaisaSettings } from './settings.ts';
import { readInquiryAnswer, readWalletAnswer } from './verdicts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The prompt is gone after about a minute. */
const PROMPT_MS = 2 * MINUTE_MS;
/** On the page, payers can also take a token with which they pay in a shop. */
const EXPIRIES_MS = { HOSTED: 24 * HOUR_MS, MOBILE_WALLET: 15 * MINUTE_MS };

/** After the attempt's begin; the last one is so long after its expiry. */
const INQUIRIES_MS = [1, 5, 15, 60, 180, 480, 1440].map(minutes => minutes * MINUTE_MS);
const GRACE_MS = HOUR_MS;
/** Whom an outage kept from asking so often, asks on each hour until then. */
const LAST_INQUIRY_MS = 7 * 24 * HOUR_MS;

/** EasyPaisa: its page, by a form in two steps, and prompts on the phones of mobile accounts. Refunds are made at its portal. */
export function easyPaisaAdapter(settings: EasyPaisaSettings): PaymentAdapter {
  return {
    name: 'EASYPAISA',
    methods: ['HOSTED', 'MOBILE_WALLET'],
    refunds: 'MANUAL',
    routes: easyPaisaRoutes(settings),
    refusal: (money, method) => amountRefusal(money, method === 'HOSTED' ? settings.hostedDecimals : 2),
    newReference,
    expiryOf: (method, now) => new Date(now.getTime() + EXPIRIES_MS[method]),
    async start(attempt) {
      if (attempt.method === 'MOBILE_WALLET') return startPrompt(attempt, settings);
      // Whatever keeps the form from being made is told now, and not when somebody looks at the payment.
      hostedForm(attempt, settings);
      return { facts: [{ kind: 'PAYMENT', type: 'form.signed', status: 'PENDING' }] };
    },
    nextAction: attempt => nextActionOf(attempt, settings),
    inquire: async (attempt, refunds) =>
      readInquiryAnswer(
        attempt,
        refunds,
        await callEasyPaisa('inquiry', inquiryRequest(attempt, settings), settings),
        settings,
      ),
    // A form cannot be taken back, nor a prompt.
    cancel: () => null,
    refund: async () => {
      throw new RefusedError('EasyPaisa has no refunds by call: an admin makes them at its portal.');
    },
    refundRefusal: () => null,
    // Nothing that EasyPaisa sends is proven to be of EasyPaisa.
    read: () => ({ payment: null, facts: [] }),
    nextInquiry: nextInquiryOf,
  };
}

/** Prompts the payer, and asks what came of it: for some merchants the answer to the prompt only says that it was sent. */
async function startPrompt(attempt: Attempt, settings: EasyPaisaSettings): Promise<Answer> {
  const { isOpen, ...begun } = readWalletAnswer(
    attempt,
    await callEasyPaisa('wallet', walletRequest(attempt, settings), settings),
  );
  if (!isOpen) return begun;
  const asked = await confirm({ ...attempt, providerReference: begun.reference ?? null }, settings);
  return { ...begun, ...asked, facts: [...begun.facts, ...asked.facts] };
}

/** No facts where EasyPaisa does not tell: the prompt was made, and a later inquiry tells. */
async function confirm(attempt: Attempt, settings: EasyPaisaSettings): Promise<Answer> {
  try {
    return readInquiryAnswer(
      attempt,
      [],
      await callEasyPaisa('inquiry', inquiryRequest(attempt, settings), settings),
      settings,
    );
  } catch (error) {
    if (error instanceof UnknownOutcomeError || error instanceof RefusedError) return { facts: [] };
    throw error;
  }
}

function nextActionOf(attempt: Attempt, settings: EasyPaisaSettings): NextAction | null {
  const { method, phoneNumber, createdAt } = attempt;
  if (method === 'HOSTED')
    return { kind: 'FORM_POST', url: settings.urls.hosted, fields: hostedForm(attempt, settings) };
  const expiresAt = new Date(createdAt.getTime() + PROMPT_MS);
  return phoneNumber === null ? null : { kind: 'APPROVE_ON_PHONE', phoneNumber, expiresAt };
}

function nextInquiryOf({ createdAt, expiresAt }: Attempt, asked: number, now: Date): Date | null {
  const age = now.getTime() - createdAt.getTime();
  const last = expiresAt.getTime() - createdAt.getTime() + GRACE_MS;
  const inquiries = [...INQUIRIES_MS.filter(after => after < last), last];
  const next = inquiries.find(after => after > age);
  if (next !== undefined) return new Date(createdAt.getTime() + next);
  return asked < inquiries.length && age < LAST_INQUIRY_MS ? new Date(now.getTime() + HOUR_MS) : null;
}
