import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, EntityManager } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import type { Observation } from '../platform/observation.ts';
import type { Signals } from '../platform/signal.ts';
import { appendChanges } from './feed.ts';
import type { ChangeTracker } from './tracker.ts';
import { TransactionWork } from './transaction-work.ts';

export const FEED_TOPIC = 'feed';

/** Nobody's id: a unit of work that was made for nobody finds nothing. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** How often work is done anew that another transaction got in the way of. */
const RETRIES = 3;
const RETRY_DELAY_MS = 10;

/**
 * Runs `work` in one transaction with a unit of work that finds only what is the owner's (nobody's: nothing), flushes,
 * writes the feed's entries and commits; then wakes up whoever waits for what it wrote. Serialization failures,
 * dead-locks and rows that somebody else changed meanwhile are retried up to three times with a new unit of work, so `work` must do nothing that a rollback cannot
 * undo. Whatever `work` throws is thrown on, after the rollback.
 */
export type Transact = <Result>(
  ownerId: string | null,
  work: (em: EntityManager) => Promise<Result>,
) => Promise<Result>;

export function createTransact({
  database,
  tracker,
  signals,
  append = appendChanges,
  observation,
}: {
  database: Database;
  tracker: ChangeTracker;
  signals: Signals;
  /** What numbers the changes and writes them. A test puts a naive way in its place, and sees that it finds the faults. */
  append?: typeof appendChanges;
  /** Is told of each try at a transaction. Left out: nobody is. */
  observation?: Observation | undefined;
}): Transact {
  const once = async <Result>(
    ownerId: string | null,
    work: (em: EntityManager) => Promise<Result>,
  ): Promise<Result> => {
    const em = forkFor(database, ownerId);
    tracker.begin(em);
    await em.begin();
    try {
      const result = await work(em);
      await em.flush();
      const { changes, signals: hints } = tracker.end(em);
      const ends = await append(em, changes);
      await em.commit();
      for (const [topic, payload] of hints) signals.publish(topic, payload);
      for (const { ownerId: owner, seq } of ends) signals.publish(FEED_TOPIC, `${owner} ${seq}`);
      return result;
    } catch (error) {
      // Where the connection is gone, so is the transaction: why it failed matters, not that it cannot be rolled back.
      await em.rollback().catch(() => {});
      throw error;
    }
  };

  const tried = <Result>(attempt: () => Promise<Result>): Promise<Result> => {
    if (!observation) return attempt();
    const transaction = new TransactionWork();
    return observation.run(transaction, () => transaction.noting(attempt));
  };

  return async (ownerId, work) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await tried(() => once(ownerId, work));
      } catch (error) {
        const kind = databaseFault(error)?.kind;
        if (attempt >= RETRIES || (kind !== 'RETRY' && kind !== 'CONFLICT')) throw error;
        await sleep(RETRY_DELAY_MS * 2 ** attempt * Math.random());
      }
    }
  };
}

/** A unit of work of this owner's. */
export function forkFor(database: Database, ownerId: string | null): EntityManager {
  const em = database.em.fork();
  em.setFilterParams('owner', { ownerId: ownerId ?? NOBODY });
  return em;
}
