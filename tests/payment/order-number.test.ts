import { expect, test } from 'vitest';
import { freeOrderNumber, randomOrderNumber } from '../../src/payment/order-number.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { placeOrder } from './order-support.ts';

const INSERT = `insert into orders (id, number, currency, total_amount, expires_at) values (gen_random_uuid(), $1, 'USD', 1, now())`;

/** Takes a number and writes an order with it, as one transaction. */
const take = ({ app }: TestApp, next: () => string) =>
  app.services.transact(null, async em => {
    const number = await freeOrderNumber(em, next);
    await em.execute(INSERT.replace('$1', '?'), [number]);
    return number;
  });

const oneAfterAnother = (numbers: string[]) => () => numbers.shift() ?? 'none left';

test('a number is D and nine characters that nobody mistakes for others, and takes every one of them', () => {
  const numbers = Array.from({ length: 2_000 }, randomOrderNumber);

  for (const number of numbers) expect(number).toMatch(/^D[0-9A-HJKMNP-TV-Z]{9}$/);
  expect(new Set(numbers).size).toBe(2_000);
  expect(new Set(numbers.join('').replaceAll('D', '')).size).toBe(31);
});

test('a number that an order has is not given again', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const { number } = await placeOrder(app, ada);

  const taken = await take(app, oneAfterAnother([number, number, 'DFREE']));

  expect(taken).toBe('DFREE');
});

test('two who draw the same number at once both get one, whoever is first', async () => {
  await using app = await startApp();
  // Nobody writes before all have looked.
  await using lock = await holdLock(app.database, 'lock table orders in share mode');
  const drawing = Promise.all(['DONE', 'DTWO', 'DTHREE'].map(other => take(app, oneAfterAnother(['DSAME', other]))));
  await until('one waits to write, and two for its number', async () => {
    const [row] = await app.database.query<{ waiting: string }>(
      'select count(*) as waiting from pg_locks where not granted',
    );
    return row?.waiting === '3';
  });

  await lock.release();
  const numbers = await drawing;

  expect(new Set(numbers).size).toBe(3);
  expect(numbers).toContain('DSAME');
});

test('where every number that is drawn is taken, it fails instead of trying for ever', async () => {
  await using app = await startApp();
  await app.database.query(INSERT.replace('$1', `'DSAME'`));

  await expect(take(app, () => 'DSAME')).rejects.toThrow('No free number');
});
