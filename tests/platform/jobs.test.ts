import pg from 'pg';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Attempt, defineJob, NO_DATA, workerFor } from '../../src/platform/jobs/job.ts';
import { startApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type JobsProcess, openJobsProcess, readJobs } from '../support/jobs.ts';
import { takeAway } from '../support/outage.ts';
import { until } from '../support/wait.ts';

const NUMBER = z.strictObject({ n: z.number() });
const count = defineJob({ name: 'count', data: NUMBER, retryDelaySeconds: 1 });

/** A worker that keeps what it was given, and then does what the test wants. */
function recorder(job = count, then: (n: number, attempt: Attempt) => unknown = () => {}) {
  const done: number[] = [];
  const worker = workerFor(job, async ({ n }, attempt) => {
    done.push(n);
    await then(n, attempt);
  });
  return { done, worker };
}

const isDone = (database: TestDatabase, name: string, times = 1) =>
  until(`${times} ${name} completed`, async () => {
    const jobs = await readJobs(database, name);
    return jobs.filter(({ state }) => state === 'completed').length >= times;
  });

const isUp = ({ jobs }: JobsProcess) => until('the jobs are up', () => jobs.state === 'up');

describe('a job enqueued in a transaction', () => {
  test('is done once after the commit, and never after a rollback', async () => {
    await using database = await createTestDatabase();
    const { done, worker } = recorder();
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();

    const rolledBack = process.commit(async em => {
      await process.jobs.enqueue(em, count, { n: 1 });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    await process.commit(em => process.jobs.enqueue(em, count, { n: 2 }));
    await isDone(database, 'count');

    expect(done).toEqual([2]);
    expect(await readJobs(database, 'count')).toEqual([{ data: { n: 2 }, state: 'completed', retries: 0 }]);
    expect(process.logged).toEqual([]);
  });

  test('wakes up the workers of all processes when it is committed, and not before', async () => {
    await using database = await createTestDatabase();
    await using process = openJobsProcess(database, [recorder().worker], { working: false });
    const published = vi.spyOn(process.signals, 'publish');

    const before = await process.fork().transactional(async em => {
      await process.jobs.enqueue(em, count, { n: 1 });
      await process.jobs.enqueue(em, count, { n: 2 });
      return published.mock.calls.length;
    });

    expect(before).toBe(0);
    expect(published.mock.calls).toEqual([['job', 'count']]);
  });

  test('with data that is not its own is refused, and nothing is put in', async () => {
    await using database = await createTestDatabase();
    await using process = openJobsProcess(database, [recorder().worker], { working: false });
    await process.jobs.enqueue(process.fork(), count, { n: 1 });

    const wrong = process.jobs.enqueue(process.fork(), count, JSON.parse('{"n":"two"}'));

    await expect(wrong).rejects.toThrow(/expected number/);
    expect(await readJobs(database, 'count')).toHaveLength(1);
  });
});

test('a job that is to wait is not done before its time', async () => {
  await using database = await createTestDatabase();
  const { done, worker } = recorder();
  await using process = openJobsProcess(database, [worker]);
  process.jobs.start();

  await process.commit(async em => {
    await process.jobs.enqueue(em, count, { n: 1 }, { notBefore: new Date(Date.now() + 3_600_000) });
    await process.jobs.enqueue(em, count, { n: 2 });
  });
  await isDone(database, 'count');

  expect(done).toEqual([2]);
  expect(await readJobs(database, 'count')).toMatchObject([{ state: 'created' }, { state: 'completed' }]);
});

test('jobs that were put in together are done one after the other, without a pause for each', async () => {
  await using database = await createTestDatabase();
  const { done, worker } = recorder();
  await using process = openJobsProcess(database, [worker]);
  const numbers = Array.from({ length: 60 }, (_, n) => n);

  await process.commit(async em => {
    for (const n of numbers) await process.jobs.enqueue(em, count, { n });
  });
  process.jobs.start();
  // With a pause for each it would take two minutes.
  await isDone(database, 'count', numbers.length);

  expect(done.toSorted((a, b) => a - b)).toEqual(numbers);
});

describe('a job that fails', () => {
  test('is tried again, later each time, until it succeeds', async () => {
    await using database = await createTestDatabase();
    const { done, worker } = recorder(count, () => {
      if (done.length < 3) throw new Error(`failure ${done.length}`);
    });
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();

    await process.commit(em => process.jobs.enqueue(em, count, { n: 1 }));
    await isDone(database, 'count');

    expect(done).toEqual([1, 1, 1]);
    expect(await readJobs(database, 'count')).toEqual([{ data: { n: 1 }, state: 'completed', retries: 2 }]);
    expect(process.logged).toEqual([
      { level: 'warn', message: 'a job failed; it is tried again', error: new Error('failure 1') },
      { level: 'warn', message: 'a job failed; it is tried again', error: new Error('failure 2') },
    ]);
    expect(
      await database.query(
        `select retry_limit, retry_delay, retry_backoff, retry_delay_max, heartbeat_seconds from pgboss.job where name = 'count'`,
      ),
    ).toEqual([{ retry_limit: 8, retry_delay: 1, retry_backoff: true, retry_delay_max: 3_600, heartbeat_seconds: 30 }]);
  });

  test('as often as it may stays as failed, and is logged as an error', async () => {
    await using database = await createTestDatabase();
    const twice = defineJob({ ...count, retries: 1 });
    const { done, worker } = recorder(twice, () => {
      throw new Error('for good');
    });
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();

    await process.commit(em => process.jobs.enqueue(em, twice, { n: 1 }));
    await until('it failed', async () => (await readJobs(database, 'count'))[0]?.state === 'failed');

    expect(done).toEqual([1, 1]);
    expect(process.logged.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'a job failed; it is tried again'],
      ['error', 'a job failed for the last time'],
    ]);
  });

  test('because it takes too long is told to stop and tried again', async () => {
    await using database = await createTestDatabase();
    const short = defineJob({ ...count, timeoutSeconds: 1 });
    const { done, worker } = recorder(short, (_n, { signal }) => {
      // Hears nothing: it never ends.
      if (done.length === 1) return new Promise(() => signal.addEventListener('abort', () => done.push(-1)));
    });
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();

    await process.commit(em => process.jobs.enqueue(em, short, { n: 1 }));
    await isDone(database, 'count');

    expect(done).toEqual([1, -1, 1]);
    expect(process.logged.map(({ message }) => message)).toEqual(['a job failed; it is tried again']);
  });
});

test('a job of a later release keeps its queue and takes on what is new about it', async () => {
  await using database = await createTestDatabase();
  {
    await using earlier = openJobsProcess(database, [recorder().worker], { working: false });
    await earlier.jobs.enqueue(earlier.fork(), count, { n: 1 });
  }
  await using later = openJobsProcess(database, [recorder(defineJob({ ...count, retries: 2 })).worker]);

  await later.jobs.enqueue(later.fork(), count, { n: 2 });

  expect(await database.query(`select retry_limit from pgboss.job where name = 'count' order by data->>'n'`)).toEqual([
    { retry_limit: 8 },
    { retry_limit: 2 },
  ]);
});

describe('several processes', () => {
  test('that start at once on an empty database all come up', async () => {
    await using database = await createTestDatabase();
    await database.query('drop schema pgboss cascade');
    await using stack = new AsyncDisposableStack();
    const processes = Array.from({ length: 10 }, () => stack.use(openJobsProcess(database, [recorder().worker])));

    for (const { jobs } of processes) jobs.start();
    await Promise.all(processes.map(isUp));

    expect(processes.flatMap(({ logged }) => logged)).toEqual([]);
  });

  test('share the jobs, each of which is done once', async () => {
    await using database = await createTestDatabase();
    const both = Promise.withResolvers<void>();
    const [one, other] = [recorder(count, () => begin()), recorder(count, () => begin())];
    const begin = () => {
      if (one.done.length > 0 && other.done.length > 0) both.resolve();
      return both.promise;
    };
    await using first = openJobsProcess(database, [one.worker]);
    await using second = openJobsProcess(database, [other.worker]);
    const numbers = Array.from({ length: 20 }, (_, n) => n);

    first.jobs.start();
    second.jobs.start();
    await first.commit(async em => {
      for (const n of numbers) await first.jobs.enqueue(em, count, { n });
    });
    await isDone(database, 'count', numbers.length);

    expect([...one.done, ...other.done].toSorted((a, b) => a - b)).toEqual(numbers);
    expect(one.done.length).toBeGreaterThan(0);
    expect(other.done.length).toBeGreaterThan(0);
  });

  test('do what a schedule asks for once', async () => {
    await using database = await createTestDatabase();
    // Of this minute, and then not for a year.
    const now = new Date();
    const time = [now.getUTCMinutes(), now.getUTCHours(), now.getUTCDate(), now.getUTCMonth() + 1];
    const yearly = defineJob({ name: 'yearly', data: NO_DATA, schedule: `${time.join(' ')} *` });
    let runs = 0;
    const worker = workerFor(yearly, async () => {
      runs += 1;
    });
    // As if it were time to look at the schedules, which is twice a minute.
    const makeLook = () =>
      database.query<{ at: Date }>(
        `update pgboss.version set cron_on = now() - interval '40 s' returning cron_on as at`,
      );
    {
      await using planning = openJobsProcess(database, [worker]);
      planning.jobs.start();
      await isUp(planning);
    }

    await makeLook();
    await using first = openJobsProcess(database, [worker]);
    await using second = openJobsProcess(database, [worker]);
    first.jobs.start();
    second.jobs.start();
    await isDone(database, 'yearly');
    const [before] = await makeLook();
    await using third = openJobsProcess(database, [worker]);
    third.jobs.start();
    await until('the third process looked at the schedules, and what it found was sent', async () => {
      const [row] = await database.query<{ looked: boolean; sending: number }>(
        `select cron_on > $1::timestamptz + interval '30 s' as looked, (
           select count(*)::int from pgboss.job where name like '%send-it' and state in ('created', 'active', 'retry')
         ) as sending from pgboss.version`,
        [before?.at],
      );
      return row?.looked === true && row.sending === 0;
    });

    expect(runs).toBe(1);
    expect(await readJobs(database, 'yearly')).toHaveLength(1);
  });
});

test('what came due while no process ran is done once when one runs again', async () => {
  await using database = await createTestDatabase();
  const hour = (new Date().getUTCHours() + 22) % 24;
  const daily = defineJob({ name: 'daily', data: NO_DATA, schedule: `30 ${hour} * * *` });
  const runs: number[] = [];
  const worker = workerFor(daily, async () => void runs.push(1));
  {
    await using planning = openJobsProcess(database, [worker]);
    planning.jobs.start();
    await isUp(planning);
  }
  await database.query(`update pgboss.schedule set created_on = now() - interval '9 days'`);
  await database.query(`update pgboss.version set cron_on = now() - interval '5 days'`);

  await using process = openJobsProcess(database, [worker]);
  process.jobs.start();
  await isUp(process);
  await isDone(database, 'daily');

  expect(runs).toHaveLength(1);
  expect(await readJobs(database, 'daily')).toHaveLength(1);
});

test('what is scheduled no more is not done by itself any more', async () => {
  await using database = await createTestDatabase();
  const schedules = () => database.query('select name, cron from pgboss.schedule');
  {
    const scheduled = defineJob({ ...count, schedule: '1 2 3 4 *' });
    await using earlier = openJobsProcess(database, [recorder(scheduled).worker]);
    earlier.jobs.start();
    await isUp(earlier);
  }
  const before = await schedules();

  await using later = openJobsProcess(database, [recorder().worker]);
  later.jobs.start();
  await isUp(later);

  expect(before).toEqual([{ name: 'count', cron: '1 2 3 4 *' }]);
  expect(await schedules()).toEqual([]);
});

describe('stopping', () => {
  test('waits for what runs, and takes nothing new', async () => {
    await using database = await createTestDatabase();
    const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { done, worker } = recorder(count, () => {
      begun.resolve();
      return end.promise;
    });
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();
    await process.commit(em => process.jobs.enqueue(em, count, { n: 1 }));
    await begun.promise;

    const order: string[] = [];
    const stopped = process.jobs.stop(20_000).then(() => order.push('stopped'));
    await process.commit(em => process.jobs.enqueue(em, count, { n: 2 }));
    order.push('the job ends');
    end.resolve();
    await stopped;

    expect(order).toEqual(['the job ends', 'stopped']);
    expect(done).toEqual([1]);
    expect(await readJobs(database, 'count')).toMatchObject([
      { data: { n: 1 }, state: 'completed' },
      { data: { n: 2 }, state: 'created' },
    ]);
    expect(process.logged).toEqual([]);
  });

  test('hands back what does not end in time, and another process does it', async () => {
    await using database = await createTestDatabase();
    const aborted = Promise.withResolvers<void>();
    const endless = recorder(count, (_n, { signal }) => {
      signal.addEventListener('abort', () => aborted.resolve());
      return new Promise(() => {});
    });
    await using first = openJobsProcess(database, [endless.worker]);
    first.jobs.start();
    await first.commit(em => first.jobs.enqueue(em, count, { n: 1 }));
    await until('it runs', () => endless.done.length === 1);

    await first.jobs.stop(1_000);
    await aborted.promise;
    const other = recorder();
    await using second = openJobsProcess(database, [other.worker]);
    second.jobs.start();
    await isDone(database, 'count');

    expect(other.done).toEqual([1]);
    expect(await readJobs(database, 'count')).toMatchObject([{ state: 'completed', retries: 1 }]);
  });

  test('before the start is over, or without one, leaves no connection open', async () => {
    await using database = await createTestDatabase();
    const [never, hardly] = [recorder(), recorder()].map(({ worker }) => openJobsProcess(database, [worker]));

    hardly?.jobs.start();
    await Promise.all([never?.[Symbol.asyncDispose](), hardly?.[Symbol.asyncDispose]()]);

    const open = `select 1 from pg_stat_activity where datname = current_database() and application_name like 'duely%'`;
    await until('the connections are gone', async () => (await database.query(open)).length === 0);
    expect([never?.logged, hardly?.logged]).toEqual([[], []]);
  });
});

describe('a database that is away', () => {
  test('is told once, and jobs go on when it is back', async () => {
    await using database = await createTestDatabase();
    const { done, worker } = recorder();
    await using process = openJobsProcess(database, [worker]);
    process.jobs.start();
    await process.commit(em => process.jobs.enqueue(em, count, { n: 1 }));
    await isDone(database, 'count');

    const outage = await takeAway(database);
    const queries = vi.spyOn(pg.Pool.prototype, 'query');
    await until('the jobs are down', () => process.jobs.state === 'down');
    await until('they tried again and again', () => queries.mock.calls.length > 5);
    queries.mockRestore();
    await outage.bringBack();
    await isUp(process);
    await process.commit(em => process.jobs.enqueue(em, count, { n: 2 }));
    await isDone(database, 'count', 2);

    expect(done).toEqual([1, 2]);
    expect(process.logged.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'the jobs cannot reach the database; they go on when it is back'],
    ]);
  });

  test('when the jobs start is waited for', async () => {
    await using database = await createTestDatabase();
    const outage = await takeAway(database);
    const { done, worker } = recorder();
    await using process = openJobsProcess(database, [worker]);

    process.jobs.start();
    await until('the start failed', () => process.logged.length > 0);
    const state = process.jobs.state;
    await outage.bringBack();
    await isUp(process);
    await process.commit(em => process.jobs.enqueue(em, count, { n: 1 }));
    await isDone(database, 'count');

    expect(state).toBe('down');
    expect(done).toEqual([1]);
    expect(new Set(process.logged.map(({ message }) => message))).toEqual(
      new Set(['the jobs cannot start; trying again']),
    );
  });
});

interface Ready {
  status: string;
  dependencies: { jobs: string };
}

async function readReadiness(url: string): Promise<Ready> {
  return (await (await fetch(`${url}/ready`)).json()) as Ready;
}

describe('WORKER', () => {
  test('off: the server enqueues, and does no jobs', async () => {
    await using app = await startApp();
    const { done, worker } = recorder();
    await using enqueuing = openJobsProcess(app.database, [worker], { working: false });
    enqueuing.jobs.start();

    await enqueuing.commit(em => enqueuing.jobs.enqueue(em, count, { n: 1 }));
    const { status, dependencies } = await readReadiness(app.url);
    const left = await readJobs(app.database, 'count');
    await using working = openJobsProcess(app.database, [worker]);
    working.jobs.start();
    await isDone(app.database, 'count');

    expect({ status, jobs: dependencies.jobs }).toEqual({ status: 'ready', jobs: 'off' });
    expect(enqueuing.jobs.state).toBe('off');
    expect(left).toMatchObject([{ state: 'created' }]);
    expect(done).toEqual([1]);
  });

  test('on: the server answers, does jobs, and schedules its own', async () => {
    await using app = await startApp({ settings: { WORKER: 'on' } });

    await until('the jobs are up', async () => (await readReadiness(app.url)).dependencies.jobs === 'up');
    const { data } = await app.execute('{ __typename }');

    expect(data).toEqual({ __typename: 'Query' });
    expect(await app.database.query('select name from pgboss.schedule')).toEqual(
      expect.arrayContaining([{ name: 'feed-retention' }, { name: 'idempotency-retention' }]),
    );
  });

  test('only: the process does jobs and tells its state, and answers no GraphQL', async () => {
    await using app = await startApp({ settings: { WORKER: 'only' } });

    await until('the jobs are up', async () => (await readReadiness(app.url)).dependencies.jobs === 'up');
    const answers = await Promise.all([
      fetch(`${app.url}/health`),
      fetch(`${app.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
      fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } }),
    ]);
    const socket = app.socket(null).iterate({ query: '{ __typename }' }).next();

    expect(answers.map(({ status }) => status)).toEqual([200, 503, 503]);
    expect(answers[1]?.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    await expect(socket).rejects.toMatchObject({ message: 'Unexpected server response: 503' });
  });
});
