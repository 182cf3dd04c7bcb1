import type Stripe from 'stripe';
import { RECEIVED, refused, returnByReference } from '../answers.ts';
import type { Handled, ProviderRequest, ProviderRoute } from '../provider.ts';
import { messageOf } from './messages.ts';
import { StripeEvent } from './objects.ts';

/** How old a message may be, and how far ahead its clock, in seconds: Stripe's own libraries look at the age alone. */
const TOLERANCE = 300;

export const RETURN_PATH = '/payments/stripe/return';

export interface RouteSettings {
  readonly webhookSecrets: readonly string[];
  readonly now: () => Date;
}

export const stripeRoutes = (stripe: Stripe, settings: RouteSettings): readonly ProviderRoute[] => [
  { method: 'POST', path: '/webhooks/stripe', handle: request => handleWebhook(stripe, settings, request) },
  { method: 'GET', path: RETURN_PATH, handle: returnByReference },
];

function handleWebhook(stripe: Stripe, { webhookSecrets, now }: RouteSettings, request: ProviderRequest): Handled {
  const header = request.headers['stripe-signature'] ?? '';
  if (!webhookSecrets.some(secret => isSigned(stripe, request.body, header, secret)))
    return refused('No signature matches the message.', 403, 'Forbidden');
  const age = now().getTime() / 1000 - timestampOf(header);
  // What is not a number is neither.
  if (!(Math.abs(age) <= TOLERANCE)) {
    // biome-ignore lint/plugin: these are seconds.
    const seconds = Math.round(Math.abs(age));
    return refused(`The message was signed ${seconds} seconds ${age < 0 ? 'ahead' : 'ago'}.`, 403, 'Forbidden');
  }

  const event = StripeEvent.safeParse(parsed(request.body));
  if (!event.success) return refused('The message is no event.');
  const message = messageOf(event.data);
  return message ? { kind: 'MESSAGE', message, answer: RECEIVED } : { kind: 'HINT', payment: {}, answer: RECEIVED };
}

function isSigned(stripe: Stripe, body: Buffer, header: string, secret: string): boolean {
  try {
    // Without a tolerance: the age is looked at afterwards, both ways.
    return stripe.webhooks.signature?.verifyHeader(body, header, secret, 0) ?? false;
  } catch {
    return false;
  }
}

/** Of a header that verifies; not a number where it has two times, so that nobody argues which one was meant. */
function timestampOf(header: string): number {
  const [time, ...others] = header.split(',').filter(part => part.startsWith('t='));
  return others.length === 0 && /^t=\d{1,12}$/.test(time ?? '')
    ? Number.parseInt(time?.slice(2) ?? '', 10)
    : Number.NaN;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
