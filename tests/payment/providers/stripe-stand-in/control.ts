import type { StripeAccount } from './account.ts';
import type { ApiFaultPlan, FaultPlans } from './faults.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { required } from './objects.ts';
import type { Webhooks } from './webhooks.ts';

/** What a test tells the stand-in, one at a time or as a list; by a call, or as JSON by `POST /__control`. */
export type StripeCommand =
  | { readonly do: 'pay' | 'payLater' | 'expire'; readonly session: string }
  | { readonly do: 'decline'; readonly session: string; readonly code?: string }
  | { readonly do: 'settle'; readonly session: string; readonly succeeded: boolean }
  /** In the Dashboard. */
  | { readonly do: 'refund'; readonly intent: string; readonly amount?: number }
  | { readonly do: 'refundsBegin'; readonly status: 'succeeded' | 'pending' }
  | { readonly do: 'finishRefund'; readonly refund: string; readonly status: 'succeeded' | 'failed' | 'canceled' }
  | { readonly do: 'dispute'; readonly intent: string; readonly amount?: number }
  | { readonly do: 'closeDispute'; readonly dispute: string; readonly status: 'won' | 'lost' | 'warning_closed' }
  | { readonly do: 'stranger'; readonly type: string; readonly object: string }
  /** The next calls go wrong. */
  | { readonly do: 'fault'; readonly fault: ApiFaultPlan }
  | { readonly do: 'clearFaults' | 'release' | 'forgetKeys' | 'hold' | 'letGo' }
  /** Where messages go to, and how often each is sent. */
  | { readonly do: 'webhooks'; readonly url: string | null; readonly copies?: number }
  /** These events, in this order, an id as often as it stands there. All that were not taken yet, where there is no list. */
  | { readonly do: 'deliver'; readonly events?: readonly string[] };

/** What stands in `GET /__control`. */
export interface StripeCounts {
  /** How often money was taken, by session. */
  readonly charges: Readonly<Record<string, number>>;
  /** How many sessions and refunds were really made, by idempotency key. */
  readonly sessionsByKey: Readonly<Record<string, number>>;
  readonly refundsByKey: Readonly<Record<string, number>>;
  /** In the currency's unit at Stripe. */
  readonly refundedTotal: number;
  /** How many calls came, by method and path. */
  readonly calls: Readonly<Record<string, number>>;
  readonly faultsLeft: number;
  readonly held: number;
  /** What this server or its caller said that is not of Stripe's API: has to be empty. */
  readonly violations: readonly string[];
}

export interface Controlled {
  readonly account: StripeAccount;
  readonly webhooks: Webhooks;
  readonly faults: FaultPlans;
  readonly keys: IdempotencyKeys;
  release(): void;
}

/** Does it, and answers what was made, where something was. */
export async function obey(standIn: Controlled, command: StripeCommand): Promise<unknown> {
  const { account, webhooks } = standIn;
  switch (command.do) {
    case 'pay':
    case 'payLater':
    case 'expire':
      return account[command.do](command.session);
    case 'decline':
      return account.decline(command.session, command.code);
    case 'settle':
      return account.settle(command.session, command.succeeded);
    case 'refund':
      return account.refund(command.intent, command.amount);
    case 'refundsBegin':
      account.refundsBegin = command.status;
      return;
    case 'finishRefund':
      return account.finishRefund(command.refund, command.status);
    case 'dispute':
      return account.dispute(command.intent, command.amount);
    case 'closeDispute':
      return account.closeDispute(command.dispute, command.status);
    case 'stranger':
      return account.tellOfStranger(command.type, command.object);
    case 'fault':
      return standIn.faults.add(command.fault);
    case 'clearFaults':
      return standIn.faults.clear();
    case 'release':
      return standIn.release();
    case 'forgetKeys':
      return standIn.keys.forgetAll();
    case 'hold':
      webhooks.settings.isHolding = true;
      return;
    case 'letGo':
      webhooks.settings.isHolding = false;
      return;
    case 'webhooks':
      Object.assign(webhooks.settings, { url: command.url, copies: command.copies ?? webhooks.settings.copies });
      return;
    case 'deliver': {
      const byId = new Map(account.events.map(event => [event.id, event]));
      const ids = command.events ?? [...byId.keys()].filter(id => !webhooks.delivered.has(id));
      const taken: boolean[] = [];
      for (const id of ids) taken.push(await webhooks.deliver(required(byId, id, 'event')));
      return taken;
    }
  }
}
