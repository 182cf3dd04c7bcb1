import { expect, test } from 'vitest';
import { expireOrders, orderExpiry } from '../../src/payment/order-expiry.ts';
import { type Person, startApp, type TestApp } from '../support/app.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { insertAttempt, placeOrder } from './order-support.ts';

const HOUR_MS = 3_600_000;
/** Clocks are set forward by a day. */
const SETTINGS = { ACCESS_TOKEN_TTL_SECONDS: '86400' };

const expire = ({ app: { services } }: TestApp) => expireOrders({ transact: services.transact, clock: services.clock });
const statusOf = async (app: TestApp, { uuid }: { uuid: string }) => {
  const [row] = await app.database.query<{ status: string; closed_as: string | null; closed: boolean }>(
    'select status, closed_as, closed_at is not null as closed from orders where id = $1',
    [uuid],
  );
  return row && [row.status, row.closed_as, row.closed];
};
const insertDue = ({ database }: TestApp, { username }: Person, count: number) =>
  database.query(
    `insert into orders (id, number, owner_id, currency, total_amount, expires_at)
     select gen_random_uuid(), 'T' || n, users.id, 'USD', 1, now() from users, generate_series(1, ${count}) as n where username = $1`,
    [username],
  );
const OPEN = ['OPEN', null, false];
const EXPIRED = ['EXPIRED', 'EXPIRED', true];

test('an order that was not paid in time is expired, once, and one that has time is not', async () => {
  await using app = await startApp({ settings: { ...SETTINGS, ORDER_TTL_HOURS: '2' } });
  const ada = await app.createUser();
  const old = await placeOrder(app, ada);
  app.advance(HOUR_MS);
  const young = await placeOrder(app, ada);

  const early = await expire(app);
  app.advance(HOUR_MS);
  const [due, again] = [await expire(app), await expire(app)];

  expect([early, due, again]).toEqual([0, 1, 0]);
  expect([await statusOf(app, old), await statusOf(app, young)]).toEqual([EXPIRED, OPEN]);
});

test('the feed tells the owner, and nobody else, that the order was UPDATED', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  const order = await placeOrder(app, ada);
  const cursorOf = async (as: Person) => (await app.execute('{ changes { cursor } }', {}, as)).data.changes.cursor;
  const cursors = [await cursorOf(ada), await cursorOf(eve)];
  app.advance(25 * HOUR_MS);

  await expire(app);

  const read = async (as: Person, after: string) =>
    (
      await app.execute(
        'query ($after: String) { changes(after: $after) { changes { kind ... on OrderChange { orderId order { status } } } } }',
        { after },
        { ...as, ...(await app.logInAgain(as)) },
      )
    ).data.changes.changes;
  expect(await read(ada, cursors[0])).toEqual([{ kind: 'UPDATED', orderId: order.id, order: { status: 'EXPIRED' } }]);
  expect(await read(eve, cursors[1])).toEqual([]);
});

test('while an attempt to pay is under way an order is left open; ended or replaced attempts do not keep it', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const orders = [];
  for (const [status, superseded] of [
    ['CREATED', false],
    ['PENDING', false],
    ['PENDING', true],
    ['FAILED', false],
    ['EXPIRED', false],
  ] as const) {
    const order = await placeOrder(app, ada);
    await insertAttempt(app, order, status, { superseded });
    orders.push(order);
  }
  app.advance(25 * HOUR_MS);

  const closed = await expire(app);
  const first = await Promise.all(orders.map(order => statusOf(app, order)));
  await app.database.query(`update payments set status = 'FAILED'`);
  const later = await expire(app);

  expect([closed, later]).toEqual([3, 2]);
  expect(first).toEqual([OPEN, OPEN, EXPIRED, EXPIRED, EXPIRED]);
  expect(await Promise.all(orders.map(order => statusOf(app, order)))).toEqual(Array(5).fill(EXPIRED));
});

test('orders that are paid, refunded or canceled stay what they are', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const statuses = ['PAID', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED'];
  for (const status of statuses) {
    const { uuid } = await placeOrder(app, ada);
    await app.database.query('update orders set status = $1 where id = $2', [status, uuid]);
  }
  app.advance(25 * HOUR_MS);

  const closed = await expire(app);

  const rows = await app.database.query<{ status: string }>('select status from orders order by created_at, id');
  expect([closed, rows.map(({ status }) => status).sort()]).toEqual([0, statuses.sort()]);
});

test('an order for which somebody just begins to pay is left alone, and is not waited for', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const [paying, other] = [await placeOrder(app, ada), await placeOrder(app, ada)];
  app.advance(25 * HOUR_MS);
  await using lock = await holdLock(app.database, `select 1 from orders where id = '${paying.uuid}' for update`);

  const closed = await expire(app);
  await lock.release();

  expect(closed).toBe(1);
  expect([await statusOf(app, paying), await statusOf(app, other)]).toEqual([OPEN, EXPIRED]);
});

test('an attempt that is begun between the look at attempts and the lock keeps its order open', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  const [order, other] = [await placeOrder(app, ada), await placeOrder(app, ada)];
  await insertAttempt(app, other, 'PENDING');
  // Whoever looks at an attempt waits, with what was committed when it began, for as long as the lock is held.
  for (const statement of [
    `create function wait() returns boolean language plpgsql volatile cost 0.0001 as
     $$ begin perform pg_advisory_xact_lock_shared(1); return true; end $$`,
    'alter table payments rename to all_payments',
    'create view payments as select * from all_payments where wait()',
  ])
    await app.database.query(statement);
  app.advance(25 * HOUR_MS);
  await using lock = await holdLock(app.database, 'select pg_advisory_xact_lock(1)');

  const expiring = expire(app);
  await until('it looks at the attempts', async () => {
    const waiting = await app.database.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`);
    return waiting.length === 1;
  });
  await insertAttempt(app, order, 'PENDING');
  await lock.release();
  const closed = await expiring;

  expect(closed).toBe(0);
  expect(await statusOf(app, order)).toEqual(OPEN);
});

test('several hundred are expired in one run, by two at once, each once', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const ada = await app.createUser();
  await insertDue(app, ada, 250);
  const { data } = await app.execute('{ changes { cursor } }', {}, ada);

  const closed = await Promise.all([expire(app), expire(app)]);
  // One that the other held is left for the next time.
  const rest = await expire(app);

  const { data: told } = await app.execute(
    'query ($after: String) { changes(after: $after, first: 1000) { changes { kind } } }',
    { after: data.changes.cursor },
    ada,
  );
  expect(closed.reduce((sum, n) => sum + n, rest)).toBe(250);
  expect(told.changes.changes).toHaveLength(250);
});

test('the server does it by itself, each minute', async () => {
  await using app = await startApp({ settings: { WORKER: 'on', SMTP_URL: 'off' } });
  const ada = await app.createUser();
  const order = await placeOrder(app, ada);
  await app.database.query(`update orders set expires_at = now()`);
  await until('the jobs are there', async () => app.app.services.jobs.state === 'up');

  await app.app.services.jobs.enqueue(app.app.services.database.em.fork(), orderExpiry, {});

  await until('the order is expired', async () => (await statusOf(app, order))?.[0] === 'EXPIRED');
  expect(orderExpiry.schedule).toBe('* * * * *');
});
