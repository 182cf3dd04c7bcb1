import pg from 'pg';
import { inject } from 'vitest';
import type { TestDatabase } from './database.ts';

/** Nobody can connect to the database, and who was connected is no longer, until it is brought back. */
export async function takeAway({ url }: TestDatabase): Promise<{ bringBack(): Promise<void> }> {
  const name = new URL(url).pathname.slice(1);
  await administer(
    `alter database ${name} with allow_connections false`,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
  );
  return { bringBack: () => administer(`alter database ${name} with allow_connections true`) };
}

async function administer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
