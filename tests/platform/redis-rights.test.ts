import { readFileSync } from 'node:fs';
import { createClient } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { until } from '../support/wait.ts';

const page = readFileSync(new URL('../../deploy/redis.md', import.meta.url), 'utf8');
const LOG_IN = `mutation ($login: String!, $password: String!) {
  logIn(input: { login: $login, password: $password }) { accessToken userErrors { code } }
}`;

/** The words of the line that operators are told to run. */
const rule = (/^ACL (SETUSER .*)$/m.exec(page)?.[1] ?? '').split(' ');
const granted = rule.filter(word => word.startsWith('+')).map(word => word.slice(1));

const isLockedOut = async (app: TestApp, login: string): Promise<boolean> => {
  const { errors } = await app.execute(LOG_IN, { login, password: 'Wrong 1' });
  return errors[0]?.extensions.code === 'RATE_LIMITED';
};

test('all that servers do with Redis can be done with the rights that deploy/redis.md gives, and needs each of them', async ({
  skip,
}) => {
  const redis = (await startRedis()) ?? skip(REDIS_MISSING);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const operator = await createClient({ url: redis.url }).connect();
  await operator.sendCommand(['ACL', ...rule]);
  await operator.configResetStat();
  const url = `${redis.url.replace('//', '//duely:choose-a-long-password@')}/1`;
  const settings = { RATE_LIMITS: 'on', REDIS_URL: url };
  await using first = await startApp();
  const ada: Person = await first.createUser();
  await using here = await startApp({ database: first.database, settings });
  await using there = await startApp({ database: first.database, settings });

  await until('it is locked out', () => isLockedOut(here, 'nobody'));
  const elsewhere = await isLockedOut(there, 'nobody');
  await here.execute(LOG_IN, { login: ada.username, password: 'Wrong 1' });
  await here.execute(LOG_IN, { login: ada.username, password: PASSWORD });
  const subscription = there.subscribe(ada, 'subscription { todoChanged { todo { title } } }');
  await until('it follows', () => there.app.services.feed.followerCount > 0);
  await here.createTodo(ada, { title: 'heard' });
  await until('the change came', () => subscription.events.length > 0);
  subscription.stop();
  await until('points were told', async () => (await used(operator)).has('hmget'));
  const asOperatorsDo = await createClient({ url, disableClientInfo: true }).connect();
  await asOperatorsDo.info();
  await asOperatorsDo.close();
  await until('a ping came', async () => (await used(operator)).has('ping'));
  const commands = await used(operator);
  const refusals = await operator.aclLog();
  const [log] = [[...here.log, ...there.log].join()];
  await operator.close();

  expect(elsewhere).toBe(true);
  expect(refusals).toEqual([]);
  expect(log).not.toMatch(/Redis refused|Redis does not answer/);
  expect(granted.length).toBeGreaterThan(10);
  expect(granted.filter(command => !commands.has(command))).toEqual([]);
});

/** The names of all commands that were run, in scripts too. */
async function used(operator: { info(section: string): Promise<string> }): Promise<Set<string>> {
  const lines = (await operator.info('commandstats')).matchAll(/^cmdstat_([^:]+):/gm);
  return new Set([...lines].map(([, name = '']) => name));
}
