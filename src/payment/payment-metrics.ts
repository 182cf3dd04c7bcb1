import { Counter, Histogram } from 'prom-client';
import { CALL_SECONDS, type Metrics } from '../platform/metrics.ts';
import type { ProviderName } from './providers/provider.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from './state/fact.ts';

/** DONE: it answered, whatever it said. UNKNOWN and REFUSED: see the errors of provider.ts. */
export type CallOutcome = 'DONE' | 'UNKNOWN' | 'REFUSED';

/**
 * What became of a message. At the door: KEPT, REPEATED, or REFUSED as forged or broken. Then, of those kept:
 * PROCESSED, IGNORED, UNMATCHED with any payment so far, or FAILED for now.
 */
export const MESSAGE_RESULTS = ['KEPT', 'REPEATED', 'REFUSED', 'PROCESSED', 'IGNORED', 'UNMATCHED', 'FAILED'] as const;
export type MessageResult = (typeof MESSAGE_RESULTS)[number];

/** Counts what happens with payment providers. */
export interface PaymentMetrics {
  /** A provider begins to be told of an attempt; once for each. */
  attemptStarted(provider: ProviderName): void;
  /** An attempt came to a status. Those in which it goes on are not counted. */
  ended(provider: ProviderName, status: PaymentStatus): void;
  /** A call of the adapter's was made: its name, and how long it took in seconds. */
  called(provider: ProviderName, operation: string, seconds: number, outcome: CallOutcome): void;
  message(provider: ProviderName, result: MessageResult): void;
}

const ENDS: readonly PaymentStatus[] = PAYMENT_STATUSES.filter(status => status !== 'CREATED' && status !== 'PENDING');

/** Those of the set-up providers are there from the start, with zeros, so that a first event is seen as a rise. */
export function createPaymentMetrics(
  { registry }: Pick<Metrics, 'registry'>,
  providers: Iterable<ProviderName>,
): PaymentMetrics {
  const registers = [registry];
  const started = new Counter({
    name: 'duely_payment_attempts_total',
    help: 'Attempts to pay that a provider began to be told of.',
    labelNames: ['provider'],
    registers,
  });
  const outcomes = new Counter({
    name: 'duely_payment_outcomes_total',
    help: 'Attempts that came to this status. One may come to several, such as FAILED and then SUCCEEDED.',
    labelNames: ['provider', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'duely_payment_provider_call_seconds',
    help: 'How long calls to a provider took, whatever came of them.',
    labelNames: ['provider', 'operation'],
    buckets: [...CALL_SECONDS],
    registers,
  });
  const calls = new Counter({
    name: 'duely_payment_provider_calls_total',
    help: 'Calls to a provider by what came of them: DONE, UNKNOWN (no answer that can be trusted), REFUSED (for a setting).',
    labelNames: ['provider', 'operation', 'outcome'],
    registers,
  });
  const messages = new Counter({
    name: 'duely_payment_messages_total',
    help: 'Messages of a provider by what became of them; one that is kept is counted as KEPT and again once it was looked at.',
    labelNames: ['provider', 'result'],
    registers,
  });

  for (const provider of providers) {
    started.inc({ provider }, 0);
    for (const status of ENDS) outcomes.inc({ provider, status }, 0);
    for (const result of MESSAGE_RESULTS) messages.inc({ provider, result }, 0);
  }
  return {
    attemptStarted: provider => started.inc({ provider }),
    ended: (provider, status) => {
      if (ENDS.includes(status)) outcomes.inc({ provider, status });
    },
    called: (provider, operation, took, outcome) => {
      seconds.observe({ provider, operation }, took);
      calls.inc({ provider, operation, outcome });
    },
    message: (provider, result) => messages.inc({ provider, result }),
  };
}
