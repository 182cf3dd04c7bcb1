import { createClient } from 'redis';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Person, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../support/redis.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';

const LOCK = `mutation ($id: ID!, $input: UpdateUserInput!) {
  updateUser(id: $id, input: $input) { userErrors { code } }
}`;

let redis: RedisServer;

beforeEach(async ({ skip }) => {
  const started = (await startRedis()) ?? skip(REDIS_MISSING);
  redis = started;
  return () => started[Symbol.asyncDispose]();
});

/** Begins after the account: a process keeps to itself for a while what it heard of a change. */
const startBeside = ({ database }: TestApp, settings: Record<string, string> = {}) =>
  startApp({ database, settings: { REDIS_URL: redis.url, ...settings } });

/** How often the server asks the database who it is that asks. */
async function countLookups(app: TestApp, as: Person): Promise<number> {
  using statements = await recordStatements(app);
  expect((await app.execute('{ rateLimit { limit } }', {}, as)).errors).toEqual([]);
  return statements.take().filter(({ text }) => text.includes('"sessions"')).length;
}

/** Why a token is good no more; null where it is good. */
async function refusalOf(app: TestApp, as: Person): Promise<unknown> {
  const { data, errors } = await app.execute('{ me { id } }', {}, as);
  return data?.me ? null : errors[0]?.extensions.reason;
}

const keysOf = async ({ url }: RedisServer) => {
  const client = await createClient({ url }).connect();
  const keys = await client.keys('*');
  const entries = await Promise.all(keys.map(async key => [key, await client.get(key), await client.pTTL(key)]));
  await client.close();
  return entries as [key: string, value: string, ttlMs: number][];
};

/** What two processes know of viewers that neither signed in. */
async function startTwo() {
  const first = await startApp();
  const [ada, root] = [await first.createUser(), await first.createUser({ admin: true })];
  const [here, there] = [await startBeside(first), await startBeside(first)];
  return {
    first,
    here,
    there,
    ada,
    root,
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
    },
  };
}

describe('a viewer whom one process has looked up', () => {
  test('is not looked up by another one', async () => {
    await using apps = await startTwo();
    const { here, there, ada, root } = apps;

    const lookups = [await countLookups(here, ada), await countLookups(there, ada), await countLookups(there, root)];

    expect(lookups).toEqual([1, 0, 1]);
  });

  test('is in Redis without an id, signed, for some seconds', async () => {
    await using apps = await startTwo();
    const { here, ada, root } = apps;

    await countLookups(here, ada);
    await countLookups(here, root);
    await until('both are kept', async () => (await keysOf(redis)).length === 2);
    const kept = await keysOf(redis);

    for (const [key, value, ttlMs] of kept) {
      expect(key).toMatch(/^duely:viewer:[\w-]{43}$/);
      expect(value).toMatch(/^(USER|ADMIN) \d{13} [\w-]{43}$/);
      expect(ttlMs).toBeLessThanOrEqual(5_000);
      expect(ttlMs).toBeGreaterThan(0);
    }
  });

  test('is looked up again where the entry was tampered with, is of another viewer, or of another secret', async () => {
    await using apps = await startTwo();
    const { first, here, there, ada, root } = apps;
    await using stranger = await startBeside(first, { JWT_SECRETS: `another-${TEST_SECRET},${TEST_SECRET}` });
    await countLookups(here, ada);
    await until('it is kept', async () => (await keysOf(redis)).length === 1);
    const [[key = '', value = ''] = []] = await keysOf(redis);
    await countLookups(here, root);
    await until('both are kept', async () => (await keysOf(redis)).length === 2);
    const [rootKey = ''] = (await keysOf(redis)).find(([other]) => other !== key) ?? [];
    const client = await createClient({ url: redis.url }).connect();

    const byStranger = await countLookups(stranger, ada);
    await client.set(key, value.replace('USER', 'ADMIN'), { expiration: { type: 'PX', value: 60_000 } });
    await client.set(rootKey, value, { expiration: { type: 'PX', value: 60_000 } });
    const asAdmin = await there.execute('{ users(first: 1) { totalCount } }', {}, ada);
    const lookups = await countLookups(there, root);
    await client.close();

    expect(byStranger).toBe(1);
    expect(asAdmin.errors[0]?.extensions.code).toBe('FORBIDDEN');
    expect(lookups).toBe(1);
  });

  test('and who is then locked is refused by both within a second, and by one that starts later in its turn', async () => {
    await using apps = await startTwo();
    const { first, here, there, ada, root } = apps;
    await countLookups(here, ada);
    await countLookups(there, ada);

    await here.execute(LOCK, { id: ada.id, input: { isActive: false } }, root);
    const refused = async (app: TestApp) => (await refusalOf(app, ada)) === 'REVOKED';
    await until('both refuse', async () => (await refused(here)) && (await refused(there)), 1_000);

    await using later = await startBeside(first);
    await until('the later one refuses', () => refused(later), 10_000);
  });

  test('and who is then locked, which nobody is told, is refused within seconds by all', async () => {
    await using apps = await startTwo();
    const { first, here, there, ada } = apps;
    await countLookups(here, ada);
    await countLookups(there, ada);

    // Nobody is told of it, and what is in Redis stays.
    await first.database.query('update users set is_active = false where username = $1', [ada.username]);
    const refused = async (app: TestApp) => (await refusalOf(app, ada)) === 'REVOKED';

    await until('both refuse', async () => (await refused(here)) && (await refused(there)), 10_000);
  });
});

describe('while Redis is', () => {
  test.for(['killed', 'frozen'] as const)('%s, viewers are looked up in the database, and answers come', async how => {
    await using apps = await startTwo();
    const { here, there, ada, root } = apps;
    await countLookups(here, ada);

    if (how === 'killed') await redis.kill();
    else redis.freeze();
    const lookups = [await countLookups(there, ada), await countLookups(there, root)];
    await here.execute(LOCK, { id: ada.id, input: { isActive: false } }, root);
    const refused = async (app: TestApp) => (await refusalOf(app, ada)) === 'REVOKED';
    // It goes by NOTIFY; a second later where it is not known yet that Redis does not answer.
    const patienceMs = how === 'killed' ? 1_000 : 4_000;
    await until('both refuse', async () => (await refused(here)) && (await refused(there)), patienceMs);
    if (how === 'killed') await redis.start();
    else redis.thaw();

    expect(lookups).toEqual([1, 1]);
    await until('it is shared again', async () => {
      await countLookups(here, root);
      return (await keysOf(redis)).length > 0;
    });
  });
});
