import { RECEIVED, refused, returnByReference } from '../answers.ts';
import type { Handled, ProviderMessage, ProviderRequest, ProviderRoute, Reading } from '../provider.ts';
import { checkoutFacts } from './facts.ts';
import { SandboxCheckout, SandboxEvent } from './objects.ts';
import { signatureFault } from './signature.ts';

export const WEBHOOK_PATH = '/webhooks/sandbox';
export const RETURN_PATH = '/payments/sandbox/return';

export interface RouteOptions {
  readonly webhookSecret: string;
  readonly now: () => Date;
}

export const sandboxProviderRoutes = (options: RouteOptions): readonly ProviderRoute[] => [
  { method: 'POST', path: WEBHOOK_PATH, handle: request => handleWebhook(options, request) },
  { method: 'GET', path: RETURN_PATH, handle: returnByReference },
];

function handleWebhook({ webhookSecret, now }: RouteOptions, { headers, body }: ProviderRequest): Handled {
  const fault = signatureFault(webhookSecret, headers['sandbox-signature'], body, now());
  if (fault !== null) return refused(fault, 403, 'Forbidden');
  const message = messageOf(body.toString('utf8'));
  return message ? { kind: 'MESSAGE', message, answer: RECEIVED } : refused('The message is no event.');
}

/** Of a body whose sender is proven; null where it is no event. */
export function messageOf(body: string): ProviderMessage | null {
  try {
    const value: unknown = JSON.parse(body);
    const event = SandboxEvent.parse(value);
    return { key: event.id, type: event.type, payload: { checkout: kept(event.checkout) } };
  } catch {
    return null;
  }
}

/** As it came, and only what is looked at: what was read has amounts and times that JSON does not know. */
const kept = (checkout: SandboxCheckout): unknown =>
  JSON.parse(JSON.stringify(checkout, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));

/** A message tells the whole state of its checkout, so that none of them needs another one. */
export function readMessage({ type, payload }: ProviderMessage): Reading {
  const read = SandboxCheckout.safeParse(
    typeof payload === 'object' && payload !== null && 'checkout' in payload ? payload.checkout : null,
  );
  // Kept by another release, whose words are not known here.
  if (!read.success) return { payment: null, facts: [] };
  const { id, reference } = read.data;
  return { payment: { reference, providerReference: id }, facts: checkoutFacts(read.data, type) };
}
