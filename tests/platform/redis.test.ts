import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { createSchema } from '../../src/schema.ts';
import { type StartOptions, startApp, type TestApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { REDIS_MISSING, type RedisOptions, type RedisServer, startRedis } from '../support/redis.ts';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const OPENSSL_MISSING = 'There is no openssl here to make a certificate. Debian: apt-get install -y openssl.';

const schema = createSchema({
  typeDefs: ['extend type Query { ask: Int @public @rateLimit(max: 3, window: 3600, by: ADDRESS) }'],
  resolvers: [{ Query: { ask: () => 1 } }],
});
const start = (redisUrl: string, options: StartOptions = {}) =>
  startApp({ schema, ...options, settings: { RATE_LIMITS: 'on', REDIS_URL: redisUrl, ...options.settings } });

/** The test is skipped where there is none. Gone after the test, and after its servers. */
async function redisFor(skip: (note: string) => never, options: RedisOptions = {}): Promise<RedisServer> {
  const server = (await startRedis(options)) ?? skip(REDIS_MISSING);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const askTimes = async (app: TestApp, times: number): Promise<number[]> => {
  const statuses: number[] = [];
  for (let n = 0; n < times; n += 1) statuses.push((await app.execute('{ ask }')).status);
  return statuses;
};
const stateOf = async ({ url }: TestApp): Promise<{ status: number; redis: unknown }> => {
  const response = await fetch(`${url}/ready`);
  const { dependencies } = (await response.json()) as { dependencies: { redis?: string } };
  return { status: response.status, redis: dependencies.redis };
};
const untilUp = (...apps: TestApp[]) =>
  until('the servers have Redis again', async () =>
    (await Promise.all(apps.map(stateOf))).every(({ redis }) => redis === 'up'),
  );
const told = ({ log }: TestApp): string[] =>
  log.map(line => (JSON.parse(line) as { msg: string }).msg).filter(message => message.includes('Redis'));
const AWAY = 'Redis does not answer: this process does without it and keeps trying';
const BACK = 'Redis answers again';

test('calls are counted together by servers of different databases, and one that stops leaves no connection', async ({
  skip,
}) => {
  const redis = await redisFor(skip);
  await using app = await start(redis.url);
  const other = await start(redis.url);
  const client = await createClient({ url: redis.url }).connect();

  const statuses = [...(await askTimes(app, 2)), ...(await askTimes(other, 2))];
  await other[Symbol.asyncDispose]();

  expect(statuses).toEqual([200, 200, 200, 429]);
  expect(await client.clientList()).toHaveLength(2);
  expect([told(app), told(other)]).toEqual([[], []]);
  await client.close();
});

test('killed in the midst of it, each server counts alone at once, tells it once, and counts with the others again', async ({
  skip,
}) => {
  const redis = await redisFor(skip);
  await using app = await start(redis.url);
  await using other = await start(redis.url);
  await askTimes(app, 4);

  await redis.kill();
  const alone = [await askTimes(app, 4), await askTimes(other, 4)];
  const away = await stateOf(app);
  await redis.start();
  await untilUp(app, other);
  const together = [...(await askTimes(app, 2)), ...(await askTimes(other, 2))];

  expect(alone).toEqual([
    [200, 200, 200, 429],
    [200, 200, 200, 429],
  ]);
  expect(away).toEqual({ status: 200, redis: 'down' });
  expect(together).toEqual([200, 200, 200, 429]);
  expect(told(app)).toEqual([AWAY, BACK]);
});

test('a lock-out while Redis is away holds', async ({ skip }) => {
  const redis = await redisFor(skip);
  await using app = await start(redis.url);
  await redis.kill();
  const logIn = async () => {
    const { data, errors } = await app.execute(
      'mutation { logIn(input: { login: "ada", password: "wrong" }) { userErrors { code } } }',
    );
    return errors[0]?.extensions ?? data.logIn.userErrors[0];
  };

  const outcomes: { code: string; retryAfterSeconds?: number }[] = [];
  for (let n = 0; n < 6; n += 1) outcomes.push(await logIn());

  expect(outcomes.map(({ code }) => code)).toEqual([...Array(5).fill('WRONG_CREDENTIALS'), 'RATE_LIMITED']);
  expect(outcomes.at(-1)?.retryAfterSeconds).toBeGreaterThan(14 * 60);
});

test('not there when a server starts, it serves all the same, and has it as soon as it comes', async ({ skip }) => {
  const redis = await redisFor(skip);
  await redis.kill();
  await using app = await start(redis.url);

  const alone = await askTimes(app, 4);
  const away = await stateOf(app);
  await redis.start();
  await untilUp(app);
  const shared = await askTimes(app, 4);

  expect([alone, shared]).toEqual([
    [200, 200, 200, 429],
    [200, 200, 200, 429],
  ]);
  expect(away).toEqual({ status: 200, redis: 'down' });
  expect(told(app)).toEqual([AWAY, BACK]);
});

test('frozen, it is done without from the first command that it leaves without an answer, also by a server that stops', async ({
  skip,
}) => {
  const redis = await redisFor(skip);
  await using app = await start(redis.url);
  const other = await start(redis.url);

  redis.freeze();
  const first = await Promise.all([askTimes(app, 1), askTimes(app, 1), askTimes(other, 1)]);
  const away = await stateOf(app);
  const alone = await askTimes(app, 2);
  await other[Symbol.asyncDispose]();
  redis.thaw();
  await untilUp(app);

  expect([first.flat(), alone]).toEqual([
    [200, 200, 200],
    [200, 429],
  ]);
  expect(away).toEqual({ status: 200, redis: 'down' });
  expect(told(app)).toEqual([AWAY, BACK]);
  // The command's own limit, before that of a connection on which nothing comes.
  expect(app.log.find(line => line.includes(AWAY))).toMatch(/took longer than 1000 ms/);
});

test('a connection that died without a word is given up and opened anew', async ({ skip }) => {
  const redis = await redisFor(skip);
  await using network = await startProxy(redis.url);
  await using app = await start(network.url.replace('http', 'redis'));

  network.freeze();
  const alone = await askTimes(app, 4);
  await untilUp(app);
  const shared = await askTimes(app, 4);

  expect(network.connectionCount()).toBeGreaterThan(1);
  expect([alone, shared]).toEqual([
    [200, 200, 200, 429],
    [200, 200, 200, 429],
  ]);
});

test('full, it refuses to count, which is told once and not for each call, and each server counts alone', async ({
  skip,
}) => {
  const redis = await redisFor(skip);
  await using app = await start(redis.url);
  const client = await createClient({ url: redis.url }).connect();
  await client.configSet('maxmemory', '1');

  const alone = await askTimes(app, 5);
  await client.configSet('maxmemory', '0');
  const shared = await askTimes(app, 3);

  expect([alone, shared]).toEqual([
    [200, 200, 200, 429, 429],
    [200, 200, 200],
  ]);
  expect(told(app)).toEqual(['Redis refused a command: this process does without it']);
  await client.close();
});

test('by TLS and with a password it counts where its certificate is trusted, and not where it is not', async ({
  skip,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'duely-tls-'));
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  onTestFinished(() => rm(folder, { recursive: true }));
  if (!(await makeCertificate(keyFile, certificateFile))) return skip(OPENSSL_MISSING);
  const redis = await redisFor(skip, { tls: { keyFile, certificateFile }, password: 'open-sesame-of-redis' });

  await using stranger = await start(redis.url);
  const untrusted = await stateOf(stranger);
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, await readFile(certificateFile, 'utf8')]);
  onTestFinished(() => setDefaultCACertificates(before));
  await using app = await start(redis.url);
  const trusted = await stateOf(app);
  const wrong = redis.url.replace('open-sesame-of-redis', 'shut-sesame-of-redis');
  await using uninvited = await start(wrong);

  expect([untrusted.redis, trusted.redis, (await stateOf(uninvited)).redis]).toEqual(['down', 'up', 'down']);
  expect(stranger.log.join()).toMatch(/self-signed certificate/);
  expect(uninvited.log.join()).toMatch(/WRONGPASS/);
  expect([...stranger.log, ...uninvited.log, ...app.log].join()).not.toContain('sesame');
});

test('without REDIS_URL there is no word of it', async () => {
  await using app = await startApp();

  const { status, redis } = await stateOf(app);

  expect({ status, redis }).toEqual({ status: 200, redis: undefined });
});

test('a server whose Redis is nowhere stops as any other', async () => {
  const app = await start(`redis://127.0.0.1:${await freePort()}`);

  await app[Symbol.asyncDispose]();

  expect(told(app)).toEqual([AWAY]);
});

async function makeCertificate(keyFile: string, certificateFile: string): Promise<boolean> {
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  const files = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certificateFile];
  try {
    await promisify(execFile)('openssl', [...args, ...files]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
