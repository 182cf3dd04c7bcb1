import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdLock } from '../support/lock.ts';
import { codesOf, endure, warmUp } from './endurance.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { FAULT_TIMEOUT_MS as timeout } from './rounds.ts';

const STATEMENT_TIMEOUT_MS = 2_000;

let postgres: OwnPostgres;
let server: OwnServer;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  server = await startOwnServer(postgres, postgres, { DATABASE_STATEMENT_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS) });
  await warmUp({ server, postgres });
}, 120_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

describe('no acknowledged write is lost, nothing is done twice, and all goes on by itself, where', () => {
  test('PostgreSQL crashes and is away for ten seconds', { timeout }, async () => {
    const work = await endure({ server, postgres }, async () => {
      await postgres.stop('immediate');
      await sleep(10_000);
      await postgres.start();
    });

    expect(codesOf(work)).toContain('UNAVAILABLE');
  });

  test('PostgreSQL is restarted', { timeout }, async () => {
    await endure({ server, postgres }, async () => {
      await postgres.stop('fast');
      await postgres.start();
    });
  });

  test('PostgreSQL stands still for three seconds', { timeout }, async () => {
    await endure({ server, postgres }, async () => {
      postgres.freeze();
      await sleep(3_000);
      postgres.thaw();
    });
  });

  test('each of its connections is cut, one after the other', { timeout }, async () => {
    await endure({ server, postgres }, async () => {
      const connections = await postgres.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name like 'duely%'`,
      );
      expect(connections.length).toBeGreaterThan(3);
      for (const { pid } of connections) {
        await postgres.query('select pg_terminate_backend($1)', [pid]);
        await sleep(100);
      }
    });
  });

  test('statements wait for a lock for longer than they may', { timeout }, async () => {
    const work = await endure({ server, postgres }, async () => {
      await using lock = await holdLock(postgres, 'lock table todos in access exclusive mode');
      await sleep(2 * STATEMENT_TIMEOUT_MS);
      await lock.release();
    });

    expect(codesOf(work)).toContain('UNAVAILABLE');
  });

  test('the server itself stands still for two seconds', { timeout }, async () => {
    await endure({ server, postgres }, async () => {
      server.kill('SIGSTOP');
      await sleep(2_000);
      server.kill('SIGCONT');
    });
  });
});
