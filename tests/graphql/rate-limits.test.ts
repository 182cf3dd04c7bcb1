import { beforeEach, describe, expect, test } from 'vitest';
import { removeOldCounts } from '../../src/platform/rate-limits/retention.ts';
import { createSchema } from '../../src/schema.ts';
import { type Answer, type StartOptions, startApp, type TestApp } from '../support/app.ts';
import { hasDirective, rootFields } from '../support/operations.ts';
import { takeAway } from '../support/outage.ts';
import { COUNTER_STORES, type CounterStore, openPostgresStore } from '../support/rate-limits.ts';
import { REDIS_MISSING } from '../support/redis.ts';

const TYPES = `
  extend type Query {
    ask: Int @public @rateLimit(max: 3, window: 3600, by: ADDRESS)
    free: Int @public
    mine: Int @rateLimit(max: 1, window: 3600, by: VIEWER)
    twice: Int @public @rateLimit(max: 2, window: 60, by: ADDRESS) @rateLimit(max: 3, window: 3600, by: ADDRESS)
  }
  extend type Mutation {
    call(input: CallInput!): CallPayload! @public @rateLimit(max: 1, window: 3600, by: ACCOUNT)
    keep: CallPayload! @rateLimit(max: 2, window: 3600, by: VIEWER)
  }
  input CallInput { email: String! }
  type CallPayload implements Payload { userErrors: [UserError!]! }
`;
const schema = createSchema({
  typeDefs: [TYPES],
  resolvers: [
    {
      Query: { ask: () => 1, free: () => 2, mine: () => 3, twice: () => 4 },
      Mutation: { call: async () => ({}), keep: async () => ({}) },
    },
  ],
});

/** Where the test's servers count. */
let store: CounterStore;

const start = ({ settings, ...options }: StartOptions = {}) =>
  startApp({ schema, settings: { RATE_LIMITS: 'on', ...store.settings, ...settings }, ...options });
const ask = (app: TestApp, from?: string): Promise<Answer> =>
  app.execute('{ ask }', {}, null, from ? { headers: { 'x-forwarded-for': from } } : {});
const askTimes = async (app: TestApp, times: number, from?: string): Promise<number[]> => {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await ask(app, from)).status);
  return statuses;
};

describe.for(COUNTER_STORES)('where $name counts,', ({ open }) => {
  beforeEach(async ({ skip }) => {
    const opened = await open();
    if (!opened) return skip(REDIS_MISSING);
    store = opened;
    return () => opened.close();
  });

  describe('a field with a limit', () => {
    test('that is called once too often answers RATE_LIMITED, by HTTP 429 with when to come back', async () => {
      await using app = await start();
      await askTimes(app, 3);

      const { status, headers, data, errors } = await ask(app);

      const seconds = Number(headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(3_000);
      expect(seconds).toBeLessThanOrEqual(3_600);
      expect({ status, data }).toEqual({ status: 429, data: { ask: null } });
      expect(errors).toMatchObject([
        {
          path: ['ask'],
          message: `Too many attempts: 3 in 3600 seconds are allowed. Try again in ${seconds} seconds.`,
          extensions: {
            code: 'RATE_LIMITED',
            retryAfterSeconds: seconds,
            limit: { name: 'ask/address/3600s', max: 3, windowSeconds: 3_600 },
          },
        },
      ]);
      expect(headers.get('ratelimit-policy')).toBe('"ask/address/3600s";q=3;w=3600');
      expect(headers.get('ratelimit')).toBe(`"ask/address/3600s";r=0;t=${seconds}`);
    });

    test('counts each alias of one operation, and answers those that have room', async () => {
      await using app = await start();
      const aliases = Array.from({ length: 50 }, (_, n) => `a${n}: ask`).join(' ');

      const { status, data, errors } = await app.execute(`{ ${aliases} }`);

      expect(status).toBe(200);
      expect(Object.values(data).filter(value => value === 1)).toHaveLength(3);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(Array(47).fill('RATE_LIMITED'));
      expect(await store.counts(app)).toEqual([50]);
    });

    test('counts each operation of a batch', async () => {
      await using app = await start();

      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(Array(5).fill({ query: '{ ask }' })),
      });

      const answers = (await response.json()) as { data: { ask: number | null } }[];
      expect(answers.filter(({ data }) => data.ask === 1)).toHaveLength(3);
      expect(await store.counts(app)).toEqual([5]);
    });

    test('counts each operation on a socket, together with those over HTTP', async () => {
      await using app = await start();
      const client = app.socket(await app.createUser());
      await ask(app);

      const answers: unknown[] = [];
      for (let n = 0; n < 4; n += 1)
        for await (const answer of client.iterate({ query: '{ ask }' })) answers.push(answer.data?.ask);

      expect(answers).toEqual([1, 1, null, null]);
      expect((await ask(app)).status).toBe(429);
    });

    test('is counted for all servers together, also where they are asked at once', async () => {
      await using app = await start();
      await using other = await start({ database: app.database });

      const answers = await Promise.all([app, other].flatMap(one => [ask(one), ask(one), ask(one), ask(one)]));

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
      expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    });

    test('answers again once the window is over', async () => {
      await using app = await start();
      await askTimes(app, 4);

      await store.passTime(app, 3_600);
      const later = await askTimes(app, 4);

      expect(later).toEqual([200, 200, 200, 429]);
    });

    test('with two limits needs room in both', async () => {
      await using app = await start();
      const twice = async () => (await app.execute('{ twice }')).status;

      const first = [await twice(), await twice(), await twice()];
      await store.passTime(app, 60);
      const second = [await twice(), await twice()];

      expect(first).toEqual([200, 200, 429]);
      expect(second).toEqual([200, 429]);
    });

    test('that is refused beside a field that ran is told by the errors and not by the status', async () => {
      await using app = await start();
      await askTimes(app, 3);

      const { status, headers, data, errors } = await app.execute('{ ask free }');

      expect({ status, data }).toEqual({ status: 200, data: { ask: null, free: 2 } });
      expect(headers.get('retry-after')).toBeNull();
      expect(errors).toMatchObject([{ path: ['ask'], extensions: { code: 'RATE_LIMITED' } }]);
    });

    test('that is refused behind a mutation that is done is told by the errors, though there is no data', async () => {
      await using app = await start();
      const call = `mutation {
      one: call(input: { email: "ada@example.com" }) { userErrors { code } }
      two: call(input: { email: "ada@example.com" }) { userErrors { code } }
    }`;

      const { status, data, errors } = await app.execute(call);
      const repeated = await app.execute(call);

      expect({ status, data }).toEqual({ status: 200, data: null });
      expect(errors).toMatchObject([{ path: ['two'], extensions: { code: 'RATE_LIMITED' } }]);
      expect(repeated).toMatchObject({ status: 429, errors: [{ path: ['one'] }] });
    });

    test('counts a repeat with the same idempotency key, which would be a way round otherwise', async () => {
      await using app = await start();
      const ada = await app.createUser();
      const keep = () =>
        app.execute('mutation { keep { userErrors { code } } }', {}, ada, { headers: { 'idempotency-key': 'one' } });

      const answers = [await keep(), await keep(), await keep()];

      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers[1]?.extensions).toEqual({ idempotentReplay: true });
    });
  });

  describe('calls are counted', () => {
    test('for each viewer apart, and not for whoever has no rights', async () => {
      await using app = await start();
      const [ada, eve] = [await app.createUser(), await app.createUser()];
      const mine = async (as: typeof ada | null) => (await app.execute('{ mine }', {}, as)).status;

      const before = await store.counts(app);
      const anonymous = [await mine(null), await mine(null)];
      const after = await store.counts(app);
      const signedIn = [await mine(ada), await mine(ada), await mine(eve)];

      expect(anonymous).toEqual([401, 401]);
      expect(after).toEqual(before);
      expect(signedIn).toEqual([200, 429, 200]);
    });

    test('for each account that the input names, however it is written', async () => {
      await using app = await start();
      const call = async (email: string) =>
        (
          await app.execute(
            'mutation ($input: CallInput!) { call(input: $input) { userErrors { code } } }',
            { input: { email } },
            null,
          )
        ).status;

      const statuses = [await call('ada@example.com'), await call(' ADA@Example.com'), await call('eve@example.com')];

      expect(statuses).toEqual([200, 429, 200]);
    });

    test('for the connection, whatever X-Forwarded-For says, where no proxy is trusted', async () => {
      await using app = await start();

      const statuses = [...(await askTimes(app, 3, '192.0.2.1')), ...(await askTimes(app, 1, '192.0.2.2'))];

      expect(statuses).toEqual([200, 200, 200, 429]);
    });

    test('for the address that the trusted proxy saw, whatever stands left of it', async () => {
      await using app = await start({ settings: { TRUST_PROXY: '1' } });

      const ada = await askTimes(app, 3, '192.0.2.1');
      const forged = await askTimes(app, 1, '192.0.2.9, 192.0.2.1');
      const eve = await askTimes(app, 1, '192.0.2.2');

      expect({ ada, forged, eve }).toEqual({ ada: [200, 200, 200], forged: [429], eve: [200] });
    });

    test('for a /64 of IPv6 together', async () => {
      await using app = await start({ settings: { TRUST_PROXY: '1' } });

      await askTimes(app, 2, '2001:db8:1:2::1');
      const neighbours = await askTimes(app, 2, '2001:db8:1:2:ffff:1:2:3');
      const others = await askTimes(app, 1, '2001:db8:1:3::1');

      expect({ neighbours, others }).toEqual({ neighbours: [200, 429], others: [200] });
    });

    test('not at all for fields without a limit, nor with RATE_LIMITS=off', async () => {
      await using app = await start();
      await using unlimited = await start({ database: app.database, settings: { RATE_LIMITS: 'off' } });

      await app.execute('{ free apiInfo { name } }');
      const statuses = await askTimes(unlimited, 5);

      expect(statuses).toEqual([200, 200, 200, 200, 200]);
      expect(await store.counts(app)).toEqual([]);
    });
  });
});

describe('where PostgreSQL counts,', () => {
  beforeEach(async () => {
    store = await openPostgresStore();
  });

  test('calls are counted by the process alone while the database is away, and by all together afterwards', async () => {
    await using app = await start();
    await askTimes(app, 3);

    const away = await takeAway(app.database);
    const alone = await askTimes(app, 4);
    await away.bringBack();
    const together = await askTimes(app, 1);

    expect(alone).toEqual([200, 200, 200, 429]);
    expect(together).toEqual([429]);
  });

  test('counts whose windows are over are removed, and no others', async () => {
    await using app = await start({ settings: { TRUST_PROXY: '1' } });
    const { database, clock } = app.app.services;
    await askTimes(app, 1, '192.0.2.1');
    await store.passTime(app, 3_600);
    await askTimes(app, 2, '192.0.2.2');

    const removed = await removeOldCounts({ database, clock });

    expect(removed).toBe(1);
    expect(await store.counts(app)).toEqual([2]);
  });
});

describe('the SDL', () => {
  test('limits every mutation that anybody can call', () => {
    const unlimited = rootFields(createSchema())
      .filter(({ kind, field }) => kind === 'mutation' && hasDirective(field, 'public'))
      .filter(({ field }) => !hasDirective(field, 'rateLimit'));

    expect(unlimited.map(({ field }) => field.name)).toEqual([]);
  });

  test.for([
    ['extend type Query { x: Int @public @rateLimit(max: 1, window: 1, by: VIEWER) }', /x is public/],
    ['extend type Query { x: Int @public @rateLimit(max: 1, window: 1, by: ACCOUNT) }', /x has no input with login/],
    ['extend type Query { x: Int @public @rateLimit(max: 0, window: 1, by: ADDRESS) }', /max/],
    ['extend type User { x: Int @rateLimit(max: 1, window: 1, by: VIEWER) }', /x is no field of a root type/],
  ] as const)('that says %s is refused', ([sdl, why]) => {
    const type = sdl.includes('type User') ? 'User' : 'Query';
    const build = () => createSchema({ typeDefs: [sdl], resolvers: [{ [type]: { x: () => 1 } }] });

    expect(build).toThrow(why);
  });
});
