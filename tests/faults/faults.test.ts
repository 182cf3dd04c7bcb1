import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { improper, type PeopleAtWork, startWork } from './people-at-work.ts';

/** Each fault comes so often, one after the other. */
const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** OPERATION_TIMEOUT_MS, and room for a machine that is busy. */
const SLOWEST_MS = 20_000 + 10_000;
const STATEMENT_TIMEOUT_MS = 2_000;
const TIMEOUT_MS = 60_000 + ROUNDS * 60_000;

let postgres: OwnPostgres;
let server: OwnServer;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  server = await startOwnServer(postgres, postgres, {
    DATABASE_STATEMENT_TIMEOUT_MS: String(STATEMENT_TIMEOUT_MS),
  });
  // What every server does once: code is compiled, pools are filled.
  const work = await startWork(server.url, postgres);
  await until('it is warm', () => work.acknowledged() > 100, 60_000);
  await work.finish();
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

const goesOn = async (work: PeopleAtWork, others: OwnServer = server) => {
  const before = work.acknowledged();
  await until('writes are acknowledged again', () => work.acknowledged() > before + 20);
  await until('it is ready', async () => (await others.ready()).status === 200);
  await until('it is as before', async () => {
    const { listener, jobs } = (await others.ready()).body.dependencies;
    return listener === 'up' && jobs === 'up';
  });
};

/** People work while the fault comes and goes; afterwards all is as before, and nothing is lost or doubled. */
async function enduring(fault: (work: PeopleAtWork) => Promise<void>): Promise<PeopleAtWork> {
  const before = await server.holdings();
  const work = await startWork(server.url, postgres);
  await until('all are at work', () => work.acknowledged() > 20);
  for (let round = 0; round < ROUNDS; round += 1) {
    await fault(work);
    await goesOn(work);
  }
  await work.finish();

  expect(improper(work.answers, SLOWEST_MS)).toEqual([]);
  await server.holdsNoMoreThan(before);
  return work;
}

const codesOf = ({ answers }: PeopleAtWork) => new Set(answers.flatMap(({ codes }) => codes));

describe('no acknowledged write is lost, nothing is done twice, and all goes on by itself, where', () => {
  test('PostgreSQL crashes and is away for ten seconds', { timeout: TIMEOUT_MS }, async () => {
    const work = await enduring(async () => {
      await postgres.stop('immediate');
      await sleep(10_000);
      await postgres.start();
    });

    expect(codesOf(work)).toContain('UNAVAILABLE');
  });

  test('PostgreSQL is restarted', { timeout: TIMEOUT_MS }, async () => {
    await enduring(async () => {
      await postgres.stop('fast');
      await postgres.start();
    });
  });

  test('PostgreSQL stands still for three seconds', { timeout: TIMEOUT_MS }, async () => {
    await enduring(async () => {
      postgres.freeze();
      await sleep(3_000);
      postgres.thaw();
    });
  });

  test('each of its connections is cut, one after the other', { timeout: TIMEOUT_MS }, async () => {
    await enduring(async () => {
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

  test('statements wait for a lock for longer than they may', { timeout: TIMEOUT_MS }, async () => {
    const work = await enduring(async () => {
      await using lock = await holdLock(postgres, 'lock table todos in access exclusive mode');
      await sleep(2 * STATEMENT_TIMEOUT_MS);
      await lock.release();
    });

    expect(codesOf(work)).toContain('UNAVAILABLE');
  });

  test('the server itself stands still for two seconds', { timeout: TIMEOUT_MS }, async () => {
    await enduring(async () => {
      server.kill('SIGSTOP');
      await sleep(2_000);
      server.kill('SIGCONT');
    });
  });
});
