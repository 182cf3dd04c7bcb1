import { readdirSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { TEST_SECRET } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { createDataFolder, type ServerProcess, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const MEASURED = fileURLToPath(new URL('../live/measured-server.ts', import.meta.url));

export const POOL_MAX = 6;
/** What a server may hold more than before a fault: code that was compiled meanwhile, and plans of statements. */
const HEAP_TOLERANCE = 16 * 1024 * 1024;
const SOCKETS_TOLERANCE = 4;
const LAST_WORDS = 2_000;

/** A server whose holdings are compared before and after a fault. */
export interface OwnServer extends AsyncDisposable, Pick<ServerProcess, 'url' | 'pid' | 'kill' | 'stdout' | 'stderr'> {
  /** What `/ready` says, and how long it took. */
  ready(): Promise<{ status: number; body: Ready; ms: number }>;
  /** Throws with what it said last where the process has ended. */
  isAlive(): true;
  holdings(): Promise<Holdings>;
  /** Waits until it holds no more than that, and is the same process. */
  holdsNoMoreThan(before: Holdings): Promise<void>;
}

export interface Ready {
  readonly status: string;
  readonly dependencies: Readonly<Record<'database' | 'migrations' | 'listener' | 'jobs', string>>;
}

export interface Holdings {
  readonly bytes: number;
  /** Null where the system does not say. */
  readonly sockets: number | null;
}

export async function startOwnServer(
  { url: databaseUrl }: Pick<TestDatabase, 'url'>,
  database: TestDatabase,
  settings: Record<string, string> = {},
): Promise<OwnServer> {
  const folder = await createDataFolder();
  const server = await startServer(
    folder,
    {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: String(POOL_MAX),
      JWT_SECRETS: TEST_SECRET,
      LOG_LEVEL: 'warn',
      ...settings,
    },
    MEASURED,
  );
  let hasEnded = false;
  void server.exited.then(() => {
    hasEnded = true;
  });

  const isAlive = (): true => {
    if (hasEnded) throw new Error(`The server has ended: ${server.stdout().slice(-LAST_WORDS)}${server.stderr()}`);
    return true;
  };
  const measured = () => [...server.stdout().matchAll(/holds (\d+) bytes/g)];
  const holdings = async (): Promise<Holdings> => {
    const before = measured().length;
    server.kill('SIGUSR2');
    await until('the server says what it holds', () => isAlive() && measured().length > before);
    return { bytes: Number(measured().at(-1)?.[1]), sockets: socketsOf(server.pid) };
  };
  const connections = () =>
    database.query<{ name: string; state: string; count: number }>(
      `select application_name as name, state, count(*)::int from pg_stat_activity
       where application_name like 'duely%' group by 1, 2`,
    );
  const isQuiet = async () => {
    const rows = await connections();
    const count = (name: string) => rows.reduce((sum, row) => sum + (row.name === name ? row.count : 0), 0);
    return (
      rows.every(({ state }) => state === 'idle') &&
      count('duely') <= POOL_MAX &&
      count('duely signals') === 1 &&
      count('duely jobs') <= 3 &&
      count('duely probe') <= 1
    );
  };

  return {
    ...server,
    async ready() {
      const begun = performance.now();
      const response = await fetch(`${server.url}/ready`);
      const body = (await response.json()) as Ready;
      return { status: response.status, body, ms: performance.now() - begun };
    },
    isAlive,
    holdings,
    async holdsNoMoreThan(before) {
      isAlive();
      await until('its connections are as they were', isQuiet);
      await until('its sockets are as they were', () => {
        const now = socketsOf(server.pid);
        return now === null || now <= (before.sockets ?? 0) + SOCKETS_TOLERANCE;
      });
      expect((await holdings()).bytes).toBeLessThan(before.bytes + HEAP_TOLERANCE);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function socketsOf(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  return readdirSync(`/proc/${pid}/fd`).filter(file => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${file}`).startsWith('socket:');
    } catch {
      // Closed in the meantime.
      return false;
    }
  }).length;
}
