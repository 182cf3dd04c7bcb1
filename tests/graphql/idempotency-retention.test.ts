import { expect, test } from 'vitest';
import { removeOldKeys } from '../../src/graphql/idempotency-retention.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { insertUsers } from '../support/rows.ts';
import { recordStatements } from '../support/statements.ts';

const insertKeys = ({ database }: TestApp, userId: string, count: number, age: string) =>
  database.query(
    `insert into idempotency_keys (user_id, key, fingerprint, claimed_at)
     select $1, $3 || ' ' || n, '', now() - $3::interval from generate_series(1, $2) as n`,
    [userId, count, age],
  );

const remove = ({ app }: TestApp) => removeOldKeys({ database: app.services.database, clock: app.services.clock });

test('removing old idempotency keys takes those of more than 24 hours, of everybody, and no other', async () => {
  await using app = await startApp();
  for (const person of await insertUsers(app.database, ['ada', 'eve'])) {
    await insertKeys(app, person, 1_300, '25 hours');
    await insertKeys(app, person, 3, '23 hours');
  }

  const removed = (await Promise.all([remove(app), remove(app)])).reduce((sum, one) => sum + one);
  const left = await app.database.query('select key from idempotency_keys');
  app.advance(2 * 3_600_000);
  const later = await remove(app);

  expect(removed).toBe(2_600);
  expect(left.map(({ key }) => key).filter(key => key.startsWith('23 hours'))).toHaveLength(6);
  expect(left).toHaveLength(6);
  expect(later).toBe(6);
});

test('removing old idempotency keys reads no key that stays', async () => {
  await using app = await startApp();
  const [person = ''] = await insertUsers(app.database, ['ada']);
  await insertKeys(app, person, 50_000, '1 hour');
  await insertKeys(app, person, 10, '25 hours');
  await app.database.query('analyze');
  using statements = await recordStatements(app);

  await remove(app);
  const [statement] = statements.take();
  const plan = await app.database.query(`explain ${statement?.text}`, [...(statement?.values ?? [])]);

  expect(JSON.stringify(plan)).toContain('idempotency_keys_claimed_at_idx');
  expect(JSON.stringify(plan)).not.toContain('Seq Scan');
});
