import type { StripeAccount } from './account.ts';
import { type ApiAnswer, ApiFault, apiAnswer } from './api-answer.ts';
import type { Json } from './form.ts';
import { required } from './objects.ts';
import type { StripeSchema } from './schema.ts';
import type { Webhooks } from './webhooks.ts';

type Run = (parameters: object, key: string) => ApiAnswer;

export interface Operations {
  find(method: string, path: string): { readonly call: string; readonly run: Run } | null;
  /** How many objects of a kind were really made, by idempotency key. */
  madeByKey(object: 'checkout.session' | 'refund'): ReadonlyMap<string, number>;
}

/** The calls of the API: their parameters and answers are those that Stripe describes. */
export function makeOperations(schema: StripeSchema, account: StripeAccount, webhooks: Webhooks): Operations {
  const made = { 'checkout.session': new Map<string, number>(), refund: new Map<string, number>() };
  const count = (object: keyof typeof made, key: string) => made[object].set(key, (made[object].get(key) ?? 0) + 1);
  const byIntent = <Item extends { payment_intent: string }>(
    items: ReadonlyMap<string, Item>,
    { payment_intent }: Json,
  ) =>
    [...items.values()]
      .filter(item => payment_intent === undefined || item.payment_intent === payment_intent)
      .reverse();

  const does: Readonly<Record<string, (parameters: Json, key: string, id: string) => unknown>> = {
    'POST /v1/checkout/sessions': (parameters, key) => {
      const session = account.createSession(parameters);
      count('checkout.session', key);
      return session;
    },
    'GET /v1/checkout/sessions/{session}': ({ expand }, _key, id) => {
      const session = required(account.sessions, id, 'checkout.session');
      const isExpanded = Array.isArray(expand) && expand.includes('payment_intent.latest_charge');
      const intent = account.intents.get(session.payment_intent ?? '');
      if (!isExpanded || !intent) return session;
      const charge = account.charges.get(intent.latest_charge) ?? null;
      return { ...session, payment_intent: { ...intent, latest_charge: charge } };
    },
    'POST /v1/checkout/sessions/{session}/expire': (_parameters, _key, id) => account.expire(id),
    'GET /v1/payment_intents/{intent}': (_parameters, _key, id) => required(account.intents, id, 'payment_intent'),
    'POST /v1/refunds': ({ payment_intent, amount, metadata }, key) => {
      const given = amount === undefined ? undefined : Number(amount);
      const refund = account.refund(String(payment_intent), given, metadata as Record<string, string> | undefined);
      count('refund', key);
      return refund;
    },
    'GET /v1/refunds': parameters => page('/v1/refunds', byIntent(account.refunds, parameters), parameters),
    'GET /v1/disputes': parameters => page('/v1/disputes', byIntent(account.disputes, parameters), parameters),
    'GET /v1/events': parameters => {
      const { types, delivery_success } = parameters as { types?: string[]; delivery_success?: boolean };
      const asked = account.events.filter(
        ({ id, type }) =>
          (types?.includes(type) ?? true) &&
          (delivery_success === undefined || webhooks.delivered.has(id) === delivery_success),
      );
      return page('/v1/events', asked.reverse(), parameters);
    },
  };

  return {
    madeByKey: object => made[object],
    find(method, path) {
      for (const operation of schema.operations) {
        const pattern = new RegExp(`^${operation.path.replace(/\{\w+\}/, '(\\w+)')}$`);
        const match = operation.method === method ? pattern.exec(path) : null;
        const call = `${operation.method} ${operation.path}`;
        const perform = does[call];
        if (!match || !perform) continue;
        const run: Run = (given, key) => {
          const parameters = given as Json;
          const wrong = operation.parameterFault(parameters);
          if (wrong) throw new ApiFault(400, { type: 'invalid_request_error', param: wrong, message: wrong }, true);
          const body = structuredClone(perform(parameters, key, match[1] ?? ''));
          const fault = operation.answerFault(body);
          if (fault) throw new Error(`${call} answers what Stripe does not: ${fault}`);
          return apiAnswer(body);
        };
        return { call, run };
      }
      return null;
    },
  };
}

/** As Stripe pages: newest first, behind the item that is named. */
function page<Item extends { id: string }>(url: string, newestFirst: readonly Item[], parameters: Json): Json {
  const { limit = 10, starting_after: after } = parameters as { limit?: number; starting_after?: string };
  const start = after === undefined ? 0 : newestFirst.findIndex(({ id }) => id === after) + 1;
  return {
    object: 'list',
    url,
    data: newestFirst.slice(start, start + limit),
    has_more: newestFirst.length > start + limit,
  };
}
