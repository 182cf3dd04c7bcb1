import type { ExecutionResult } from 'graphql';
import { untilEnd } from '../identity/viewer-end.ts';
import type { Logger } from '../platform/logger.ts';
import { codesOf, type Operation, runSubscription } from './engine.ts';
import { maskError } from './masking.ts';

/**
 * Runs a subscription until its viewer's rights end, also while nothing happens; its last result then says why. For a
 * connection that has this one subscription alone: a socket watches over its viewer itself.
 */
export async function runSubscriptionUntilEnd(
  operation: Operation,
  logger: Logger,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const { viewerOrNull: viewer, services, caller } = operation.contextValue;
  if (!viewer) return runSubscription(operation, logger);

  const state: { last: ExecutionResult | null; end: () => void } = { last: null, end: () => {} };
  // Ahead of all else: rights may end while the subscription is prepared.
  const stopWaiting = untilEnd(services.viewers, services.clock, viewer, why => {
    state.last = { errors: [maskError(why, logger, caller.requestId)] };
    state.end();
  });
  const results = await runSubscription(operation, logger);
  if (!(Symbol.asyncIterator in results)) {
    stopWaiting();
    return results;
  }
  state.end = () => void results.return?.();
  if (state.last) state.end();

  const stop = () => {
    stopWaiting();
    const { last } = state;
    state.last = null;
    return last;
  };
  const untilTheEnd: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => untilTheEnd,
    async next() {
      const { done, value } = await results.next();
      // An event that found it out itself has said so.
      if (done || codesOf(value).includes('UNAUTHENTICATED')) {
        const last = stop();
        if (done) return last ? { done: false, value: last } : { done: true, value: undefined };
      }
      return { done: false, value };
    },
    async return() {
      stop();
      await results.return?.();
      return { done: true, value: undefined };
    },
  };
  return untilTheEnd;
}
