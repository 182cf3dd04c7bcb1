import { expect, test } from 'vitest';
import { NAMES_MAX } from '../../src/graphql/operation-metrics.ts';

import { createJobMetrics } from '../../src/platform/jobs/job-metrics.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Metrics } from '../../src/platform/metrics.ts';
import { startApp } from '../support/app.ts';
import { openStream } from '../support/event-stream.ts';
import { until } from '../support/wait.ts';
import { hears, signedIn } from '../support/wire.ts';
import { readNumbers } from './numbers.ts';

test('every number has a help, a name after the conventions, and its own type', async () => {
  await using app = await startApp();
  await app.execute('query A { apiInfo { name } }');

  const { families } = await readNumbers(app.url);

  expect(families.length).toBeGreaterThan(40);
  const own = families.filter(({ name }) => name.startsWith('duely_'));
  for (const { name, help, type } of own) {
    expect(help, name).toMatch(/^[A-Z].*\.$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'COUNTER']);
    // Base units, and none that stands for another.
    expect(name).not.toMatch(/milliseconds|_ms\b|_minutes|_kilobytes/);
    if (type === 'HISTOGRAM') expect(name).toMatch(/_(seconds|bytes)$/);
  }
  expect(families.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'process_cpu_seconds_total',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
    ]),
  );
});

test('operations are counted by name, kind and outcome, with how long they took', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const before = await readNumbers(app.url);

  await app.execute('query Mine { todos { totalCount } }', {}, ada);
  await app.execute('query Mine { todos { totalCount } }', {}, ada);
  await app.execute('query Mine { todos { totalCount } }');
  await app.execute('{ apiInfo { name } }');
  await app.database.query('alter table todos rename to elsewhere');
  await app.execute('query Mine { todos { totalCount } }', {}, ada);
  await app.database.query('alter table elsewhere rename to todos');
  await until('all are counted', async () => {
    const numbers = await readNumbers(app.url);
    return numbers.value('duely_operations_total', { operation: 'Mine', kind: 'query', outcome: 'failed' }) === 1;
  });
  const after = await readNumbers(app.url);
  app.loggedErrors.length = 0;

  const count = (operation: string, outcome: string) =>
    after.value('duely_operations_total', { operation, kind: 'query', outcome });
  expect([count('Mine', 'ok'), count('Mine', 'refused'), count('Mine', 'failed')]).toEqual([2, 1, 1]);
  expect(count('anonymous', 'ok')).toBe(1);
  expect(after.value('duely_operation_seconds', { operation: 'Mine', kind: 'query' })).toBe(4);
  expect(before.value('duely_operation_errors_total', { code: 'INTERNAL' })).toBe(0);
  expect(after.value('duely_operation_errors_total', { code: 'INTERNAL' })).toBe(1);
  expect(after.value('duely_operation_errors_total', { code: 'UNAUTHENTICATED' })).toBe(1);
  const route = { route: '/graphql', method: 'POST' };
  expect(after.value('duely_http_requests_total', { ...route, status: '401' })).toBe(1);
  expect(Number(after.value('duely_database_statement_seconds'))).toBeGreaterThan(
    Number(before.value('duely_database_statement_seconds')),
  );
  expect(Number(after.value('duely_database_statement_errors_total'))).toBeGreaterThanOrEqual(1);
});

test('names, paths and methods that callers invent become no labels of their own', async () => {
  await using app = await startApp();
  const ask = (names: readonly string[], field: string) =>
    app.execute(names.map(name => `query ${name} { ${field} }`).join(' '));

  for (let count = 0; count < NAMES_MAX + 5; count += 1) {
    // What fails takes no place.
    await ask([`Bad${count}`], 'todos { totalCount }');
    await ask([`Good${count}`], 'apiInfo { name }');
  }
  await fetch(`${app.url}/invented/1`);
  await fetch(`${app.url}/invented/2`, { method: 'PROPFIND' });
  const numbers = await readNumbers(app.url);

  const names = numbers.labels('duely_operations_total', 'operation');
  expect(names).toHaveLength(NAMES_MAX + 1);
  expect(names).toContain('Good0');
  expect(names.filter(name => name.startsWith('Bad'))).toEqual([]);
  expect(numbers.value('duely_operations_total', { operation: 'other', kind: 'query', outcome: 'ok' })).toBe(5);
  expect(numbers.labels('duely_http_requests_total', 'route').toSorted()).toEqual(['/graphql', 'other']);
});

test('calls that a rate limit refused are counted by the limit', async () => {
  await using app = await startApp({ settings: { RATE_LIMITS: 'on' } });
  const ask = () =>
    app.execute('mutation { requestPasswordReset(input: { email: "a@example.com" }) { userErrors { code } } }');
  let status = 200;
  await until('it is refused', async () => {
    ({ status } = await ask());
    return status === 429;
  });

  const numbers = await readNumbers(app.url);

  const limits = numbers.labels('duely_rate_limited_total', 'limit');
  expect(limits).toEqual([expect.stringMatching(/^requestPasswordReset\//)]);
  expect(numbers.value('duely_rate_limited_total', { limit: limits[0] ?? '' })).toBe(1);
});

test('sockets, streams and subscriptions are counted while they are open, and followers with their lag', async () => {
  await using app = await startApp();
  await hears(app);
  const ada = await app.createUser();
  const SUBSCRIPTION = 'subscription { changes { cursor } }';
  const socket = await signedIn(app, ada);
  socket.send({ type: 'subscribe', id: '1', payload: { query: SUBSCRIPTION } });
  const stream = await openStream(app, ada, SUBSCRIPTION);
  await until('both follow', () => app.app.services.feed.followerCount === 2);

  const open = await readNumbers(app.url);
  await app.createTodo(ada);
  await until('all is taken', async () => (await readNumbers(app.url)).value('duely_feed_waiting_changes') === 0);
  stream.abort();
  await socket[Symbol.asyncDispose]();
  await until('nobody follows', () => app.app.services.feed.followerCount === 0);
  const closed = await readNumbers(app.url);

  const names = ['duely_sockets_open', 'duely_event_streams_open', 'duely_feed_followers'];
  expect(names.map(name => open.value(name))).toEqual([1, 1, 2]);
  expect(names.map(name => closed.value(name))).toEqual([0, 0, 0]);
  const subscriptions = (numbers: typeof open) =>
    ['ws', 'sse'].map(transport => numbers.value('duely_subscriptions_open', { transport }));
  expect([subscriptions(open), subscriptions(closed)]).toEqual([
    [1, 1],
    [0, 0],
  ]);
  expect(open.value('duely_listener_connected')).toBe(1);
  expect(closed.value('duely_feed_lag_seconds')).toBe(0);
  expect(closed.value('duely_subscription_events_total')).toBe(2);
});

test('a follower that takes nothing lags by its waiting changes, from the time of the first of them', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const userId = await app.database.query<{ id: string }>('select id from users');
  const { feed } = app.app.services;
  const follower = await feed.follow(userId[0]?.id ?? '', null);

  for (let count = 0; count < 3; count += 1) await app.createTodo(ada);
  const first = await follower.next();
  const lag = feed.lag(Date.now() + 60_000);
  await follower.next();
  await follower.next();
  await until('all is taken', () => feed.lag(Date.now() + 60_000).changes === 0);
  const after = feed.lag(Date.now() + 60_000);
  await follower.return();

  expect(first.done).toBe(false);
  expect(lag.changes).toBe(2);
  expect(lag.ms).toBeGreaterThan(59_000);
  expect(after).toEqual({ changes: 0, ms: 0 });
});

test('the pool shows who holds a connection and who waits for one', async () => {
  await using app = await startApp({ settings: { DATABASE_POOL_MAX: '2' } });
  const pool = await app.app.services.database.em.getConnection().getNativeClient();
  const held = [await pool.connect(), await pool.connect()];
  const waiting = pool.connect();

  // The numbers of the database itself could not be looked up meanwhile.
  const text = await app.app.services.database.em.getConnection().getNativeClient();
  const during = [text.totalCount - text.idleCount, text.waitingCount];
  const numbers = readNumbers(app.url);
  await until('those numbers wait too', () => pool.waitingCount >= 2);
  for (const client of held) client.release();
  (await waiting).release();
  const after = await numbers;

  expect(during).toEqual([2, 1]);
  expect(after.value('duely_database_connections_max')).toBe(2);
  expect(after.value('duely_database_connections', { state: 'used' })).toBe(0);
  expect(after.value('duely_database_connections', { state: 'idle' })).toBe(2);
  expect(after.value('duely_database_waiting')).toBe(0);
});

test('jobs show how many wait, since when, and how many failed for good', async () => {
  await using app = await startApp();
  const metrics = new Metrics(createLogger('silent'));
  const { database } = app.app.services;
  createJobMetrics(metrics, { database, names: ['account-mail'] });
  const sample = (text: string, name: string) => new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1];
  const empty = await metrics.scrape();

  await app.createUser();
  await app.database.query(`update pgboss.job set start_after = now() - interval '90 seconds'`);
  await app.database.query(
    `insert into pgboss.job (name, start_after) values ('account-mail', now() + interval '1 hour')`,
  );
  await app.database.query(`update pgboss.queue set failed_count = 3 where name = 'account-mail'`);
  const full = await metrics.scrape();

  expect(sample(empty, 'duely_jobs_waiting{queue="account-mail",state="due"}')).toBe('0');
  expect(sample(full, 'duely_jobs_waiting{queue="account-mail",state="due"}')).toBe('1');
  expect(sample(full, 'duely_jobs_waiting{queue="account-mail",state="later"}')).toBe('1');
  expect(Number(sample(full, 'duely_job_lag_seconds{queue="account-mail"}'))).toBeGreaterThanOrEqual(90);
  expect(sample(full, 'duely_jobs_failed{queue="account-mail"}')).toBe('3');
  expect(sample(full, 'duely_measurement_up{measurement="jobs"}')).toBe('1');
});

test('a job that is done is counted with its time, and its statements are its own', async () => {
  await using app = await startApp({ settings: { WORKER: 'on' } });
  await app.createUser();

  await until('the mail is sent', async () => {
    const numbers = await readNumbers(app.url);
    return numbers.value('duely_job_tries_total', { queue: 'account-mail', outcome: 'done' }) === 1;
  });
  const numbers = await readNumbers(app.url);

  expect(numbers.value('duely_job_seconds', { queue: 'account-mail' })).toBe(1);
  expect(numbers.value('duely_jobs_running', { queue: 'account-mail' })).toBe(0);
  expect(numbers.value('duely_job_tries_total', { queue: 'account-mail', outcome: 'failed' })).toBe(0);
  const lines = app.log.map(line => JSON.parse(line)).filter(({ msg, job }) => msg === 'job' && job === 'account-mail');
  expect(lines).toMatchObject([{ level: 'debug', hasFailed: false, statements: expect.any(Number) }]);
});

test('in production /metrics is nowhere without METRICS_PORT, which the log says', async () => {
  await using app = await startApp();
  await using production = await startApp({
    settings: {
      NODE_ENV: 'production',
      DATABASE_URL: app.database.url,
      PUBLIC_URL: 'https://api.example.com',
      SMTP_URL: 'off',
    },
    database: app.database,
  });

  const { status } = await fetch(`${production.url}/metrics`);
  const { links } = (await (await fetch(production.url)).json()) as { links: object };

  expect(status).toBe(404);
  expect(links).not.toHaveProperty('metrics');
  expect(production.log.find(line => line.includes('METRICS_PORT'))).toContain('"level":"warn"');
  expect(app.log.find(line => line.includes('METRICS_PORT'))).toBeUndefined();
});
