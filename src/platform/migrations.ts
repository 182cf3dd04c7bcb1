import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url));
const TABLE = 'migrations';

export interface MigrationState {
  readonly name: string;
  readonly applied: boolean;
}

const migrationNames = (): string[] =>
  readdirSync(FOLDER)
    .filter(file => /^\d+_.*\.sql$/.test(file))
    .sort()
    .map(file => file.replace(/\.sql$/, ''));

/** Every migration, oldest first, and whether the database has it. */
export async function readMigrations(databaseUrl: string): Promise<MigrationState[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const applied = await client.query<{ name: string }>(`select name from ${TABLE}`).then(
      ({ rows }) => new Set(rows.map(row => row.name)),
      (error: unknown) => {
        if (isMissingTable(error)) return new Set<string>();
        throw error;
      },
    );
    return migrationNames().map(name => ({ name, applied: applied.has(name) }));
  } finally {
    await client.end();
  }
}

const isMissingTable = (error: unknown) => error instanceof Error && 'code' in error && error.code === '42P01';

/**
 * Applies what is pending (`up`), or takes the last one back (`down`), each in a transaction of its own and under a lock,
 * so that several machines may start at once. Answers with the names of those that it ran.
 */
export async function migrate(
  databaseUrl: string,
  direction: 'up' | 'down',
  count = direction === 'up' ? Number.POSITIVE_INFINITY : 1,
): Promise<string[]> {
  if (direction === 'up' && (await readMigrations(databaseUrl)).every(({ applied }) => applied)) return [];
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await run(databaseUrl, direction, count);
    } catch (error) {
      // Somebody else migrates: what they did is looked at anew.
      if (attempt >= LOCK_ATTEMPTS || !/another migration is already running/i.test(String(error))) throw error;
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
}

const LOCK_ATTEMPTS = 120;

async function run(databaseUrl: string, direction: 'up' | 'down', count: number): Promise<string[]> {
  // Loaded only when there is something to do: it takes longer than the check.
  const { runner } = await import('node-pg-migrate');
  const done = await runner({
    databaseUrl: { connectionString: databaseUrl },
    dir: FOLDER,
    ignorePattern: '(?!\\d+_.*\\.sql$).*',
    migrationsTable: TABLE,
    direction,
    count,
    singleTransaction: false,
    checkOrder: true,
    log: () => {},
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  return done.map(({ name }) => name);
}
