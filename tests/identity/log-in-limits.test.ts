import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, PASSWORD, type StartOptions, startApp, type TestApp } from '../support/app.ts';
import { COUNTER_STORES, type CounterStore } from '../support/rate-limits.ts';
import { REDIS_MISSING } from '../support/redis.ts';

const LOG_IN = `mutation ($input: LogInInput!) {
  logIn(input: $input) { accessToken userErrors { code message path } }
}`;
const STRANGER = '192.0.2.1';
const MINUTES = 60;

/** Where the test's servers count. */
let store: CounterStore;

/** Behind a proxy, so that callers can have addresses. People sign up without one, at this machine's own. */
const start = (options: StartOptions = {}) =>
  startApp({ ...options, settings: { RATE_LIMITS: 'on', TRUST_PROXY: '1', ...store.settings, ...options.settings } });
const logIn = (app: TestApp, login: string, password: string, from: string | null = STRANGER): Promise<Answer> =>
  app.execute(LOG_IN, { input: { login, password } }, null, from ? { headers: { 'x-forwarded-for': from } } : {});
const fail = async (app: TestApp, login: string, times: number, from: string | null = STRANGER): Promise<string[]> => {
  const outcomes: string[] = [];
  for (let n = 0; n < times; n += 1) outcomes.push(outcomeOf(await logIn(app, login, `Wrong ${n}`, from)));
  return outcomes;
};
const outcomeOf = ({ data, errors }: Answer): string =>
  String(errors[0]?.extensions.code ?? data.logIn.userErrors[0]?.code ?? 'SIGNED_IN');
const lockOuts = ({ database }: TestApp) =>
  database.query(
    `select user_id is not null as "ofAccount" from security_events where kind = 'LOCKED_OUT' order by at`,
  );
const FIVE_FAILURES = Array<string>(5).fill('WRONG_CREDENTIALS');

describe.for(COUNTER_STORES)('where $name counts,', ({ open }) => {
  beforeEach(async ({ skip }) => {
    const opened = await open();
    if (!opened) return skip(REDIS_MISSING);
    store = opened;
    return () => opened.close();
  });

  describe('after five failures for an account', () => {
    test('the right password is refused too, by HTTP 429 with when to come back', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      const failures = await fail(app, 'ada', 5);

      const { status, headers, data, errors } = await logIn(app, 'ada', PASSWORD);

      expect(failures).toEqual(FIVE_FAILURES);
      expect({ status, data }).toEqual({ status: 429, data: null });
      expect(errors).toMatchObject([{ path: ['logIn'], extensions: { code: 'RATE_LIMITED' } }]);
      const seconds = Number(headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(14 * MINUTES);
      expect(seconds).toBeLessThanOrEqual(15 * MINUTES);
      expect(headers.get('ratelimit-policy')).toBe('"logIn/failures/account";q=5;w=900');
    });

    test('however the login is written and wherever strangers are', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      await fail(app, 'ADA@example.com', 3, '192.0.2.1');
      await fail(app, ' ada@Example.COM ', 2, '192.0.2.2');

      const answer = await logIn(app, 'ada@example.com', PASSWORD, '192.0.2.3');

      expect(outcomeOf(answer)).toBe('RATE_LIMITED');
    });

    test('that does not exist, the answers are the same', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });

      const known = [await fail(app, 'ada', 5), await logIn(app, 'ada', PASSWORD)] as const;
      const unknown = [await fail(app, 'nobody', 5), await logIn(app, 'nobody', PASSWORD)] as const;

      expect(unknown[0]).toEqual(known[0]);
      const { extensions } = known[1].errors[0] ?? {};
      expect(unknown[1].errors).toMatchObject([
        {
          message: expect.stringMatching(/^Too many attempts: 5 in 900 seconds/),
          extensions: { limit: extensions?.limit },
        },
      ]);
      expect(await lockOuts(app)).toEqual([{ ofAccount: true }, { ofAccount: false }]);
    });

    test('the wait grows from 15 minutes to an hour, and one LOCKED_OUT is recorded for each', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      const waits: number[] = [];

      for (let n = 0; n < 4; n += 1) {
        expect(await fail(app, 'ada', 5, `192.0.2.${n}`)).toEqual(FIVE_FAILURES);
        await fail(app, 'ada', 3, `192.0.2.${n}`);
        const { errors } = await logIn(app, 'ada', PASSWORD);
        const seconds = Number(errors[0]?.extensions.retryAfterSeconds);
        waits.push(Math.ceil(seconds / MINUTES));
        await store.passTime(app, seconds);
      }

      expect(waits).toEqual([15, 30, 60, 60]);
      expect(await lockOuts(app)).toEqual(Array(4).fill({ ofAccount: true }));
    });

    test('the owner signs in from where they were signed in before, and strangers stay out', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      await fail(app, 'ada', 6);

      const home = await logIn(app, 'ada', PASSWORD, null);
      const stranger = await logIn(app, 'ada', PASSWORD);

      expect([home, stranger].map(outcomeOf)).toEqual(['SIGNED_IN', 'RATE_LIMITED']);
    });

    test('from where its owner was signed in before, that address is locked out and others are not', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      const failures = await fail(app, 'ada', 6, null);

      const elsewhere = await logIn(app, 'ada', PASSWORD);

      expect(failures).toEqual([...FIVE_FAILURES, 'RATE_LIMITED']);
      expect(outcomeOf(elsewhere)).toBe('SIGNED_IN');
    });

    test('fifty guesses at once are five', async () => {
      await using app = await start();
      await using other = await start({ database: app.database });
      await app.createUser({ username: 'ada' });

      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => logIn(n % 2 ? app : other, 'ada', `Wrong ${n}`, `192.0.2.${n}`)),
      );

      const outcomes = answers.map(outcomeOf);
      expect(outcomes.filter(outcome => outcome === 'WRONG_CREDENTIALS')).toHaveLength(5);
      expect(outcomes.filter(outcome => outcome === 'RATE_LIMITED')).toHaveLength(45);
      expect(await lockOuts(app)).toEqual([{ ofAccount: true }]);
    });
  });

  describe('an attempt to log in', () => {
    test('that succeeds clears what was counted for the account', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      await fail(app, 'ada', 4);

      const right = await logIn(app, 'ada', PASSWORD, '192.0.2.9');
      const failures = await fail(app, 'ada', 5);

      expect(outcomeOf(right)).toBe('SIGNED_IN');
      expect(failures).toEqual(FIVE_FAILURES);
    });

    test('that succeeds is no failure, however many there are at once', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });

      const answers = await Promise.all(Array.from({ length: 12 }, () => logIn(app, 'ada', PASSWORD)));

      expect(answers.map(outcomeOf)).toEqual(Array(12).fill('SIGNED_IN'));
    });

    test('that breaks off is no failure', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      const { logInLimits } = app.app.services;
      const breakOff = () =>
        logInLimits.guard('ada', { userAgent: null, ipAddress: STRANGER }, () =>
          Promise.reject(new Error('broken off')),
        );

      for (let n = 0; n < 6; n += 1) await expect(breakOff()).rejects.toThrow('broken off');
      const failures = await fail(app, 'ada', 5);

      expect(failures).toEqual(FIVE_FAILURES);
    });

    test('after failures that are older than 15 minutes is made', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      await fail(app, 'ada', 4);

      await store.passTime(app, 15 * MINUTES);
      const failures = await fail(app, 'ada', 4);

      expect(failures).toEqual(Array(4).fill('WRONG_CREDENTIALS'));
      expect(outcomeOf(await logIn(app, 'ada', PASSWORD, '192.0.2.7'))).toBe('SIGNED_IN');
    });
  });

  describe('after twenty failures from an address', () => {
    test('nobody logs in from it, though others succeeded meanwhile, and everybody does from elsewhere', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      for (let n = 0; n < 10; n += 1) await fail(app, `somebody${n}`, 1);
      await logIn(app, 'ada', PASSWORD);
      for (let n = 10; n < 20; n += 1) await fail(app, `somebody${n}`, 1);

      const there = await logIn(app, 'ada', PASSWORD);
      const elsewhere = await logIn(app, 'ada', PASSWORD, '192.0.2.2');

      expect([there, elsewhere].map(outcomeOf)).toEqual(['RATE_LIMITED', 'SIGNED_IN']);
      expect(there.headers.get('ratelimit-policy')).toBe('"logIn/failures/address";q=20;w=900');
      expect(await lockOuts(app)).toEqual([{ ofAccount: false }]);
    });

    test('which is a /64 of IPv6, its neighbours are locked out with it', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });
      for (let n = 0; n < 20; n += 1) await fail(app, `somebody${n}`, 1, `2001:db8:1:2::${n}`);

      const neighbour = await logIn(app, 'ada', PASSWORD, '2001:db8:1:2:3::1');
      const other = await logIn(app, 'ada', PASSWORD, '2001:db8:1:3::1');

      expect([neighbour, other].map(outcomeOf)).toEqual(['RATE_LIMITED', 'SIGNED_IN']);
    });

    test('that were made at once, all are counted', async () => {
      await using app = await start();
      await app.createUser({ username: 'ada' });

      await Promise.all(Array.from({ length: 30 }, (_, n) => fail(app, `somebody${n}`, 1)));
      const after = await logIn(app, 'ada', PASSWORD);

      expect(outcomeOf(after)).toBe('RATE_LIMITED');
      expect(await lockOuts(app)).toEqual([{ ofAccount: false }]);
    });
  });
});
