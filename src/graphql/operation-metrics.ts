import { Counter, Gauge } from 'prom-client';
import { ERROR_CODES, type ErrorCode } from '../platform/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Observer } from '../platform/observation.ts';
import { CountTally, TimeTally } from '../platform/tally.ts';
import { OperationWork } from './operation-work.ts';

/** Clients choose the names, so that anybody could make a label of each request. */
export const NAMES_MAX = 200;

/**
 * ok: no errors, whatever its userErrors. refused: for a reason that its caller can put right. failed: the server's fault,
 * or that of what it depends on.
 */
export const OUTCOMES = ['ok', 'refused', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

export const FAILURES: readonly ErrorCode[] = ['INTERNAL', 'UNAVAILABLE'];
/** Upper bounds. An operation is given up after OPERATION_TIMEOUT_MS, 20 seconds unless told. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];

/** Counts operations, by the names that clients give them. */
export function createOperationMetrics({ registry }: Pick<Metrics, 'registry'>): Observer {
  const registers = [registry];
  const operations = new CountTally({
    name: 'duely_operations_total',
    help: 'Operations that ended, by their name ("anonymous" without one; "other" beyond the first 200 that succeeded), kind and outcome: ok, refused (for the caller to put right) or failed.',
    labelNames: ['operation', 'kind', 'outcome'],
    registers,
  });
  const seconds = new TimeTally({
    name: 'duely_operation_seconds',
    help: 'How long queries and mutations took, by the same names.',
    labelNames: ['operation', 'kind'],
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'duely_operation_errors_total',
    help: 'Operations that answered with an error, by its code; with two codes they count as two.',
    labelNames: ['code'],
    registers,
  });
  const limited = new Counter({
    name: 'duely_rate_limited_total',
    help: 'Calls that a rate limit refused, by the name of the limit.',
    labelNames: ['limit'],
    registers,
  });
  const subscriptions = new Gauge({
    name: 'duely_subscriptions_open',
    help: 'Subscriptions that are open, over sockets (ws) and streams of events (sse).',
    labelNames: ['transport'],
    registers,
  });
  const events = new Counter({
    name: 'duely_subscription_events_total',
    help: 'Results that subscriptions gave, counted when they end.',
    registers,
  });

  for (const code of Object.keys(ERROR_CODES)) errors.inc({ code }, 0);
  for (const transport of ['ws', 'sse']) subscriptions.set({ transport }, 0);
  const names = new Set<string>();

  const labelFor = ({ name, kind }: OperationWork, outcome: Outcome): string => {
    if (name === null) return 'anonymous';
    const key = `${kind} ${name}`;
    // What fails takes no place: otherwise whoever knows no field at all could use them up.
    if (!names.has(key) && (outcome !== 'ok' || names.size >= NAMES_MAX)) return 'other';
    names.add(key);
    return name;
  };

  return {
    workBegan(work) {
      if (work instanceof OperationWork && isSubscription(work)) subscriptions.inc({ transport: work.transport });
    },
    workEnded(work) {
      if (!(work instanceof OperationWork)) return;
      const { kind, codes } = work;
      const outcome = outcomeOf(codes);
      const operation = labelFor(work, outcome);
      operations.add(`${outcome} ${kind} ${operation}`, () => ({ operation, kind, outcome }));
      for (const code of codes) errors.inc({ code });
      for (const limit of work.limits) limited.inc({ limit });
      if (!isSubscription(work))
        return seconds.add(`${kind} ${operation}`, work.ms / 1_000, () => ({ operation, kind }));
      subscriptions.dec({ transport: work.transport });
      events.inc(work.events);
    },
  };
}

const isSubscription = ({ kind }: OperationWork): boolean => kind === 'subscription';

const outcomeOf = (codes: readonly string[]): Outcome => {
  if (codes.length === 0) return 'ok';
  return FAILURES.some(code => codes.includes(code)) ? 'failed' : 'refused';
};
