import { type Client, type Exchange, makeOperation, type Operation } from '@urql/core';
import { pipe, tap } from 'wonka';

interface Watched {
  readonly operation: Operation;
  pending: number;
  outdated: boolean;
}

/**
 * Knows the queries that are shown, and asks for them again. urql's document cache does so at every mutation, but drops
 * what it is told while a query is under way, whose answer may be older.
 */
export class Watcher {
  readonly #watched = new Map<number, Watched>();
  #client: Client | null = null;

  /** Has to be the first of the client's exchanges. */
  readonly exchange: Exchange = ({ client, forward }) => {
    this.#client = client;
    return operations =>
      pipe(
        operations,
        tap(operation => this.#begins(operation)),
        forward,
        tap(({ operation, stale, error }) => {
          // After an answer that is marked as stale there comes another one.
          if (!stale) this.#ends(operation, error?.networkError !== undefined);
        }),
      );
  };

  /** The server has changed something: all that is shown is outdated. */
  invalidate(): void {
    for (const watched of this.#watched.values()) watched.outdated = true;
    this.retry();
  }

  /** Asks again for what could not be asked for. */
  retry(): void {
    for (const watched of this.#watched.values()) this.#ask(watched);
  }

  #begins(operation: Operation): void {
    if (operation.kind === 'teardown') this.#watched.delete(operation.key);
    if (operation.kind !== 'query') return;
    const watched = this.#watched.get(operation.key) ?? { operation, pending: 0, outdated: false };
    watched.pending += 1;
    this.#watched.set(operation.key, watched);
  }

  #ends({ key }: Operation, failed: boolean): void {
    const watched = this.#watched.get(key);
    if (!watched) return;
    watched.pending -= 1;
    if (failed) watched.outdated = true;
    // Later, for urql takes no operation again before it has handed out this answer.
    else queueMicrotask(() => this.#ask(watched));
  }

  /** One request at a time: of two, the older answer could come last. */
  #ask(watched: Watched): void {
    if (!watched.outdated || watched.pending > 0) return;
    watched.outdated = false;
    const { operation } = watched;
    this.#client?.reexecuteOperation(
      makeOperation('query', operation, { ...operation.context, requestPolicy: 'network-only' }),
    );
  }
}
