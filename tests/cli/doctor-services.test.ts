import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { createClient } from 'redis';
import { SMTPServer } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { startMailServer } from '../support/smtp.ts';
import { ask, brief, SOUND, temporaryFolder } from './doctor-support.ts';

async function listening(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

test('a Redis that throws counts away, or whose clock is apart, is told of, and a sound one is not', async ({
  skip,
}) => {
  const redis = await startRedis();
  if (!redis) return skip(REDIS_MISSING);
  onTestFinished(() => redis[Symbol.asyncDispose]());
  const settings = { ...SOUND, REDIS_URL: redis.url };
  const client = await createClient({ url: redis.url }).connect();

  const sound = await Promise.all(
    ['redis.reachable', 'redis.memory', 'redis.clock', 'redis.tls'].map(one => ask(one, settings)),
  );
  await client.configSet({ maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' });
  const evicts = await ask('redis.memory', settings);
  const apart = await ask('redis.clock', settings, { now: () => Date.now() - 60_000 });
  client.destroy();

  expect(sound.map(brief)).toEqual(Array(4).fill(['ok']));
  expect(evicts).toMatchObject([{ severity: 'warn', what: expect.stringMatching(/allkeys-lru/) }]);
  expect(apart).toMatchObject([
    { severity: 'stop', what: expect.stringMatching(/^The clock here is [56]\d\.\d seconds behind/) },
  ]);
});

test('a Redis that is not there, or refuses the password, is told of without the password', async ({ skip }) => {
  const redis = await startRedis({ password: 'open-sesame-of-redis' });
  if (!redis) return skip(REDIS_MISSING);
  onTestFinished(() => redis[Symbol.asyncDispose]());

  const gone = await ask('redis.reachable', { ...SOUND, REDIS_URL: 'redis://127.0.0.1:1' });
  const refused = await ask('redis.reachable', { ...SOUND, REDIS_URL: redis.url.replace('open', 'shut') });
  const none = await ask('redis', SOUND);

  expect(gone).toMatchObject([{ severity: 'stop', what: expect.stringMatching(/ECONNREFUSED/) }]);
  expect(refused).toMatchObject([{ severity: 'stop', what: expect.stringMatching(/WRONGPASS/) }]);
  expect(JSON.stringify(refused)).not.toContain('sesame');
  expect(none).toEqual([]);
});

test('a server for mail is connected to, and no mail is sent', async () => {
  const server = await startMailServer();
  onTestFinished(() => server[Symbol.asyncDispose]());

  const told = await ask('mail.server', { ...SOUND, SMTP_URL: server.url });
  await server.stop();
  const gone = await ask('mail.server', { ...SOUND, SMTP_URL: server.url });
  const off = await ask('mail.server', { ...SOUND, SMTP_URL: 'off' });

  expect([told, gone, off].map(brief)).toEqual([['ok'], ['stop'], ['warn']]);
  expect([server.attempts, server.mails]).toEqual([0, []]);
});

test('a server for mail that refuses the log-in is told of without the password', async () => {
  const server = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 1,
    onAuth: ({ password }, _session, callback) =>
      // As some servers do, it tells what it was given.
      password === 'right-and-long'
        ? callback(null, { user: 'mailer' })
        : callback(new Error(`No such key: ${password}`)),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const asked = (password: string) =>
    ask('mail.server', { ...SOUND, SMTP_URL: `smtp://mailer:${password}@127.0.0.1:${port}` });

  const refused = await asked('wrong-and-long');

  expect(brief(await asked('right-and-long'))).toEqual(['ok']);
  expect(refused).toMatchObject([{ severity: 'stop', what: expect.stringMatching(/No such key: <SMTP_URL>/) }]);
  expect(JSON.stringify(refused)).not.toContain('wrong-and-long');
});

const OPENSSL_MISSING = 'There is no openssl here to make a certificate. Debian: apt-get install -y openssl.';

test('a certificate that is not trusted, or ends soon, is told of', async ({ skip }) => {
  const folder = await temporaryFolder();
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate];
  try {
    await promisify(execFile)('openssl', [...args, ...names]);
  } catch {
    return skip(OPENSSL_MISSING);
  }
  const pem = await readFile(certificate, 'utf8');
  const port = await listening(createTlsServer({ key: await readFile(key), cert: pem }, socket => socket.destroy()));
  const settings = { ...SOUND, PUBLIC_URL: `https://localhost:${port}` };

  const stranger = await ask('addresses.certificate', settings);
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, pem]);
  onTestFinished(() => setDefaultCACertificates(before));
  const trusted = await ask('addresses.certificate', settings);
  const old = await ask('addresses.certificate', settings, { now: () => Date.now() + 20 * 86_400_000 });
  const nowhere = await ask('addresses.certificate', { ...SOUND, PUBLIC_URL: 'https://localhost:1' });

  expect([stranger, trusted, old, nowhere].map(brief)).toEqual([['stop'], ['ok'], ['warn'], ['info']]);
});

/** A registry that knows of vulnerabilities in these packages, and nothing else. */
async function startRegistry(severities: Readonly<Record<string, string>>): Promise<string> {
  const port = await listening(
    createServer((request, response) => {
      request.resume().on('end', () => {
        if (!request.url?.startsWith('/-/npm/v1/security/')) return void response.writeHead(404).end('{}');
        const known = Object.entries(severities).map(([name, severity]) => [
          name,
          [{ id: 1, url: 'https://example.com/1', title: 'It leaks', severity, vulnerable_versions: '*' }],
        ]);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(Object.fromEntries(known)));
      });
    }),
  );
  return `http://127.0.0.1:${port}`;
}

/** As `npm run doctor` is run, with a registry of the test's own. */
async function audit(registry: string, folder: string) {
  const run = promisify(execFile)(process.execPath, ['src/cli/doctor.ts', '--json', '--only', 'machine.audit'], {
    // Without what npm has kept of other answers.
    env: { ...process.env, npm_config_registry: registry, npm_config_cache: folder, DATABASE_URL: '' },
  });
  return run.then(
    ({ stdout }) => ({ code: 0, told: JSON.parse(stdout) }),
    ({ code, stdout }) => ({ code, told: JSON.parse(stdout) }),
  );
}

test('what the registry knows to be vulnerable stops a release, and a registry that says nothing does not', async () => {
  const folder = await temporaryFolder();

  const sound = await audit(await startRegistry({}), folder);
  const vulnerable = await audit(await startRegistry({ pino: 'critical', ws: 'moderate' }), folder);
  const silent = await audit('http://127.0.0.1:1', folder);

  expect([sound.code, brief(sound.told)]).toEqual([0, ['ok']]);
  expect([vulnerable.code, brief(vulnerable.told)]).toEqual([1, expect.arrayContaining(['stop pino', 'warn ws'])]);
  expect([silent.code, brief(silent.told)]).toEqual([0, ['info']]);
});
