import { EventWork, OperationWork } from '../graphql/operation-work.ts';
import { type Logger, withKnownFields } from '../platform/logger.ts';
import type { Observer } from '../platform/observation.ts';
import { JobWork, RequestWork, type Work } from '../platform/work.ts';

/** Asked for every few seconds by machines, or with every page. */
const QUIET_ROUTES: ReadonlySet<string> = new Set(['/health', '/ready', '/metrics', '/graphql/']);

/**
 * One line for each operation, with the status of the answer that it was in; for a subscription at its end. One line for
 * each request that ran none. Of what clients sent there are names alone: no variables, no documents, no queries of
 * addresses. Events of subscriptions and jobs are told at `debug`.
 */
export function createWorkLog(to: Logger): Observer {
  const logger = withKnownFields(to);
  const operationsOf = new WeakMap<RequestWork, OperationWork[]>();

  const tellOperation = (work: OperationWork) => logger.info(fieldsOfOperation(work), 'operation');

  return {
    workEnded(work) {
      if (work instanceof OperationWork) {
        if (!logger.isLevelEnabled('info')) return;
        const { parent } = work;
        // A stream of events may end after its response.
        if (!(parent instanceof RequestWork) || parent.hasEnded) return tellOperation(work);
        const others = operationsOf.get(parent);
        if (others) others.push(work);
        else operationsOf.set(parent, [work]);
      } else if (work instanceof RequestWork) {
        const operations = operationsOf.get(work);
        if (operations) return operations.forEach(tellOperation);
        // Its operation goes on, and tells of itself.
        if (work.route === '/graphql' && work.status === 200) return;
        const level = work.route !== null && QUIET_ROUTES.has(work.route) ? 'debug' : 'info';
        if (logger.isLevelEnabled(level)) logger[level](fieldsOfRequest(work), 'request');
      } else if (work instanceof EventWork) {
        if (logger.isLevelEnabled('debug')) logger.debug(measuresOf(work), 'event');
      } else if (work instanceof JobWork && logger.isLevelEnabled('debug')) {
        const { job, jobId, hasFailed } = work;
        logger.debug({ job, jobId, hasFailed, ...measuresOf(work) }, 'job');
      }
    },
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

const measuresOf = ({ requestId, trace, ms, databaseMs, statements, rows }: Work) => ({
  ...(requestId === null ? {} : { requestId }),
  ...(trace === null ? {} : { traceId: trace.traceId }),
  ms: rounded(ms),
  dbMs: rounded(databaseMs),
  statements,
  rows,
});

function fieldsOfOperation(work: OperationWork): object {
  const { name, kind, fields, transport, viewerId, codes, userErrors, events, parent } = work;
  return {
    ...measuresOf(work),
    operation: name,
    kind,
    fields,
    transport,
    viewerId,
    ...(parent instanceof RequestWork ? { status: parent.status } : {}),
    ...(kind === 'subscription' ? { events } : {}),
    ...(codes.length > 0 ? { codes } : {}),
    ...(userErrors.length > 0 ? { userErrors } : {}),
  };
}

function fieldsOfRequest(work: RequestWork): object {
  const { method, path, status } = work;
  return { ...measuresOf(work), method, path, status };
}
