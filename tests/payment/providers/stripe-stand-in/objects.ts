import { randomBytes } from 'node:crypto';
import { ApiFault } from './api-answer.ts';
import type { Json } from './form.ts';

export type Metadata = Record<string, string>;
export type SessionObject = Json & {
  id: string;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'paid' | 'unpaid';
  amount_total: number;
  currency: string;
  payment_intent: string | null;
  success_url: string;
  cancel_url: string;
};
export type IntentObject = Json & {
  id: string;
  status: string;
  amount: number;
  currency: string;
  latest_charge: string;
};
export type ChargeObject = Json & { id: string; amount: number; currency: string; payment_intent: string };
export type RefundObject = Json & {
  id: string;
  amount: number;
  status: string;
  payment_intent: string;
  charge: string;
};
export type DisputeObject = Json & { id: string; status: string; payment_intent: string };
export type EventObject = Json & { id: string; type: string; created: number; data: { object: unknown } };

export const seconds = () => Math.floor(Date.now() / 1000);
export const token = (length: number) => randomBytes(length).toString('hex').slice(0, length);

/** The bank's own words hold what nobody else should keep. */
export const declined = (declineCode: string) => ({
  type: 'card_error',
  code: 'card_declined',
  decline_code: declineCode,
  message: 'The card of Ada Lovelace (ada@example.com) was declined.',
});

export const invalid = (param: string, message: string, isInvalid = true) =>
  new ApiFault(400, { type: 'invalid_request_error', param, message }, isInvalid);

export function required<Value>(map: ReadonlyMap<string, Value>, id: string, param = 'id'): Value {
  const found = map.get(id);
  if (found === undefined)
    throw new ApiFault(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      param,
      message: `No such ${param}: '${id}'`,
    });
  return found;
}
