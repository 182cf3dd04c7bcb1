import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { isColdStart } from './database-errors.ts';
import { outside } from './work.ts';

export interface SteadyOptions {
  /** A connection that nobody used for longer is asked whether it is still there before it is handed out. */
  readonly pingAfterIdleMs?: number;
}

const PING_AFTER_IDLE_MS = 5_000;
const PING_TIMEOUT_MS = 2_000;
/** Between the two tries at opening a connection. */
const COLD_START_DELAY_MS = 500;

type Callback = (error: Error | undefined, client: PoolClient | undefined, release: PoolClient['release']) => void;

/**
 * Has a pool hand out connections that work. Opening one is tried twice: a database that was asleep may refuse the first
 * or answer too late. One that was idle for a while is asked first, for a firewall, a database that went to sleep, or a
 * machine that was stopped for a time may have ended it without anybody being told. A statement is never sent twice.
 */
export function steady(pool: Pool, { pingAfterIdleMs = PING_AFTER_IDLE_MS }: SteadyOptions = {}): void {
  const take = pool.connect.bind(pool) as () => Promise<PoolClient>;
  // By the clock on the wall: the other one may stand still while the machine is stopped.
  const usedAt = new WeakMap<PoolClient, number>();
  /** Connections that were idle then are gone with the one that did not answer. */
  let brokenAt = Number.NEGATIVE_INFINITY;
  pool.on('release', (_error, client) => usedAt.set(client, Date.now()));
  // The pool listens to idle ones alone. One that ends while it is handed out, between two statements, would end the process.
  pool.on('connect', client => client.on('error', () => {}));

  const takeAlive = async (): Promise<PoolClient> => {
    for (;;) {
      const client = await takeOnceMore(take);
      const used = usedAt.get(client);
      if (used === undefined) return client;
      const isGone = used <= brokenAt;
      if (!isGone && Date.now() - used <= pingAfterIdleMs) return client;
      if (!isGone && (await answers(client))) return client;
      brokenAt = Math.max(brokenAt, used);
      client.release(true);
    }
  };

  const connect = (callback?: Callback) => {
    const taken = takeAlive();
    if (!callback) return taken;
    taken.then(
      client => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  };
  pool.connect = connect as Pool['connect'];
}

async function takeOnceMore(take: () => Promise<PoolClient>): Promise<PoolClient> {
  try {
    return await take();
  } catch (error) {
    if (!isColdStart(error)) throw error;
    await sleep(COLD_START_DELAY_MS);
    return take();
  }
}

async function answers(client: PoolClient): Promise<boolean> {
  // The pool does not listen to one that it has handed out.
  const ignore = () => {};
  client.on('error', ignore);
  const late = new AbortController();
  try {
    // Whoever waits for the connection did not ask for this.
    const asked = outside(() => client.query('select 1')).then(
      () => true,
      () => false,
    );
    return await Promise.race([asked, sleep(PING_TIMEOUT_MS, false, { signal: late.signal })]);
  } finally {
    late.abort();
    client.off('error', ignore);
  }
}
