import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Logger } from '../platform/logger.ts';
import type { Observation } from '../platform/observation.ts';
import { askDue } from './due-inquiries.ts';
import { Inbox } from './inbox.ts';
import { Learning } from './learning.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import { ProviderCalls } from './provider-calls.ts';
import type { Adapters } from './providers/adapters.ts';

/** What operations and routes use to take payments. */
export interface Payments {
  /** The providers that this server is set up for. */
  readonly adapters: Adapters;
  readonly learning: Learning;
  readonly calls: ProviderCalls;
  /** Asks about every payment of which something is to be heard. */
  readonly askDue: (signal: AbortSignal) => Promise<number>;
  readonly inbox: Inbox;
  readonly metrics: PaymentMetrics;
  /** Whether a payer's browser may be sent to a page of this origin. */
  readonly allowsOrigin: (origin: string) => boolean;
}

export interface PaymentsOptions {
  readonly adapters: Adapters;
  readonly database: Database;
  readonly transact: Transact;
  readonly jobs: Jobs;
  readonly metrics: PaymentMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Is told of each call to a provider. Left out: nobody is. */
  readonly observation?: Observation;
  readonly allowsOrigin: (origin: string) => boolean;
}

export function createPayments(options: PaymentsOptions): Payments {
  const { adapters, metrics, allowsOrigin } = options;
  const learning = new Learning(options);
  const calls = new ProviderCalls({ ...options, learning });
  const inbox = new Inbox({ ...options, learning, calls });
  const ask = (signal: AbortSignal) => askDue({ ...options, calls }, signal);
  return { adapters, learning, calls, askDue: ask, inbox, metrics, allowsOrigin };
}
