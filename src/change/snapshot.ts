import { IsolationLevel } from '@mikro-orm/core';
import type { Database, EntityManager } from '../platform/database.ts';
import { forkFor } from './transact.ts';

/** All that is read in it is of the moment when it was opened. It holds a connection until it is closed. */
export interface Snapshot extends AsyncDisposable {
  /** Finds only what is the owner's, and writes nothing. */
  readonly em: EntityManager;
  /** Repeated, it does nothing. */
  close(): Promise<void>;
}

export async function openSnapshot(database: Database, ownerId: string): Promise<Snapshot> {
  const em = forkFor(database, ownerId);
  await em.begin({ isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    // Where the connection is gone, so is the snapshot.
    await em.rollback().catch(() => {});
  };
  return { em, close, [Symbol.asyncDispose]: close };
}
