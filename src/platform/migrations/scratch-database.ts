import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainFault, withConnection } from '../connection.ts';
import { startEmbeddedPostgres } from '../embedded/postgres.ts';
import { SetupError } from '../errors.ts';

/**
 * Works on an empty database that is gone afterwards: one on the given server, whose account has to be allowed to make
 * databases, or without a server an embedded one in a temporary folder.
 */
export async function withScratchDatabase<Result>(
  serverUrl: string | undefined,
  work: (databaseUrl: string) => Promise<Result>,
): Promise<Result> {
  return serverUrl ? onServer(serverUrl, work) : embedded(work);
}

async function onServer<Result>(serverUrl: string, work: (databaseUrl: string) => Promise<Result>): Promise<Result> {
  const name = `duely_scratch_${randomBytes(6).toString('hex')}`;
  // template1 may have things of the server's owner in it.
  await administer(serverUrl, `create database ${name} template template0 encoding 'UTF8'`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  try {
    return await work(url.href);
  } finally {
    await administer(serverUrl, `drop database ${name} with (force)`);
  }
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  await withConnection(serverUrl, async client => {
    await client.query(statement).catch((error: unknown) => {
      throw new SetupError(
        `A temporary database cannot be made on the server of DATABASE_URL: ${explainFault(error)}. Use an account that may (alter role … createdb), or unset DATABASE_URL to use an embedded database.`,
        { cause: error },
      );
    });
  });
}

async function embedded<Result>(work: (databaseUrl: string) => Promise<Result>): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), 'duely-scratch-'));
  try {
    // Nothing in it has to outlast anything.
    const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
    const server = await startEmbeddedPostgres({ dataDir, settings });
    try {
      return await work(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
