import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { explainFault, withConnection } from '../connection.ts';
import { SetupError } from '../errors.ts';
import { type Direction, listMigrations, MIGRATIONS_FOLDER, readStatements } from './files.ts';

/** Where node-pg-migrate keeps what was applied. */
const SCHEMA = 'public';
export const MIGRATIONS_TABLE = 'migrations';
const TABLE = `${SCHEMA}.${MIGRATIONS_TABLE}`;

/** How long another process's migration is waited for, and how often it is looked whether it is done. */
const LOCK_TIMEOUT_MS = 60_000;
const LOCK_POLL_MS = 200;

export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
  /** Applied, but without a file in this version of the source, which cannot take it back. */
  readonly missing?: true;
}

/** Every migration, oldest first, and whether the database has it. */
export const readMigrations = (databaseUrl: string, folder = MIGRATIONS_FOLDER): Promise<MigrationState[]> =>
  withConnection(databaseUrl, client => readMigrationsBy(client, folder));

/** The same over a connection that is open. */
export async function readMigrationsBy(client: pg.Client, folder = MIGRATIONS_FOLDER): Promise<MigrationState[]> {
  const applied = await readApplied(client);
  const names = listMigrations(folder);
  return [
    ...applied.filter(name => !names.includes(name)).map(name => ({ name, applied: true, missing: true }) as const),
    ...names.map(name => ({ name, applied: applied.includes(name) })),
  ];
}

/** In the order in which they were applied. */
async function readApplied(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query('select to_regclass($1) as found', [TABLE]);
  if (tables[0]?.found === null) return [];
  const { rows } = await client.query<{ name: string }>(`select name from ${TABLE} order by run_on, id`);
  return rows.map(({ name }) => name);
}

export interface MigrateOptions {
  /** At the most; unless told, `up` applies all and `down` takes one back. */
  count?: number;
  folder?: string;
}

/**
 * Applies what is pending (`up`), or takes the last one back (`down`), each in a transaction of its own and under a lock,
 * so that several processes may start at once. Answers with the names of those that it ran: none where nothing is left.
 *
 * A migration that fails changes nothing, those before it stand, and the SetupError names it and its statement. The lock
 * belongs to the session: the address must not be that of a pooler that shares sessions out by transaction.
 */
export async function migrate(
  databaseUrl: string,
  direction: Direction,
  { count = direction === 'up' ? Number.POSITIVE_INFINITY : 1, folder = MIGRATIONS_FOLDER }: MigrateOptions = {},
): Promise<string[]> {
  if (direction === 'up' && (await readMigrations(databaseUrl, folder)).every(({ applied }) => applied)) return [];
  return withConnection(databaseUrl, async client => {
    const done: string[] = [];
    while (done.length < count) {
      const name = await waitForLock(() => runNext(client, direction, folder));
      if (name === undefined) break;
      done.push(name);
    }
    return done;
  });
}

/**
 * Asks for the lock again and again: PostgreSQL could queue for it, but who stands in that queue holds a snapshot, which
 * `create index concurrently` in the other process would wait for.
 */
async function waitForLock<Result>(run: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!/another migration is already running/i.test(String(error))) throw error;
      if (performance.now() > deadline) {
        throw new SetupError(
          `Another process has been migrating this database for ${LOCK_TIMEOUT_MS / 1000} seconds. Wait for its end, then try again.`,
          { cause: error },
        );
      }
      await sleep(LOCK_POLL_MS);
    }
  }
}

async function runNext(client: pg.Client, direction: Direction, folder: string): Promise<string | undefined> {
  // Loaded only when there is something to do: it takes longer than the check.
  const { runner } = await import('node-pg-migrate');
  try {
    const [done] = await runner({
      dbClient: client,
      dir: folder,
      ignorePattern: '(?!\\d+_[\\w-]+\\.sql$).*',
      migrationsSchema: SCHEMA,
      migrationsTable: MIGRATIONS_TABLE,
      direction,
      count: 1,
      singleTransaction: true,
      checkOrder: true,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      // Statement by statement, so that the one that fails is known. The library's own loader sends the section as one.
      migrationLoaderStrategies: [{ extensions: ['.sql'], loader: async files => files.map(asUnit) }],
    });
    return done?.name;
  } catch (error) {
    throw explain(error);
  }
}

const asUnit = (file: string) => ({
  id: file,
  filePaths: [file],
  actions: {
    up: ({ db }: Builder) => execute(db, file, 'up'),
    down: ({ db }: Builder) => execute(db, file, 'down'),
  },
});

interface Builder {
  readonly db: { query(text: string): Promise<unknown> };
}

async function execute(db: Builder['db'], file: string, direction: Direction): Promise<void> {
  for (const { text, line } of readStatements(file, direction)) {
    try {
      await db.query(text);
    } catch (error) {
      throw new SetupError(
        `${relative(process.cwd(), file)} fails in line ${line}, and ${direction === 'up' ? 'was not applied' : 'was not taken back'}:\n${indent(explainFault(error))}\n${indent(shorten(text))}`,
        { cause: error },
      );
    }
  }
}

const SHOWN_LINES = 12;

function shorten(statement: string): string {
  const lines = statement.split('\n');
  return lines.length <= SHOWN_LINES ? statement : [...lines.slice(0, SHOWN_LINES), '…'].join('\n');
}

const indent = (text: string) => text.replace(/^/gm, '  ');

/** What the library found wrong with the files, in words that say what to do. */
function explain(error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const [, late, applied] = /^Not run migration (\S+) is preceding already run migration (\S+)$/.exec(message) ?? [];
  if (late) {
    return new SetupError(
      `The migration ${late} is not applied, but the later ${applied} is. Give ${late} a newer time in its name, so that it comes last.`,
      { cause: error },
    );
  }
  const [, refused] = /^Unable to ensure migrations table: (?:error: )?(.+)/.exec(message) ?? [];
  if (refused) {
    return new SetupError(`The table ${TABLE} cannot be made: ${refused}. The account has to own the database.`, {
      cause: error,
    });
  }
  const [, deleted] = /^Definitions of migrations (.+) have been deleted\.$/.exec(message) ?? [];
  if (deleted) {
    return new SetupError(
      `The file of ${deleted} is missing, so that it cannot be taken back. Use the version of the source that has it.`,
      {
        cause: error,
      },
    );
  }
  return error;
}
