import pg from 'pg';
import type { TestDatabase } from './database.ts';

export interface Lock extends AsyncDisposable {
  release(): Promise<void>;
  /** What the statement wrote stays. */
  commit(): Promise<void>;
}

/** A transaction of somebody else's that holds what the statement locked until it is told to end. */
export async function holdLock(database: TestDatabase, statement: string): Promise<Lock> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('begin');
  await client.query(statement);
  return {
    release: async () => void (await client.query('rollback')),
    commit: async () => void (await client.query('commit')),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
