import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openConfiguredDatabase } from '../../src/cli/configured-database.ts';
import { entities } from '../../src/entities.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { explainFault } from '../../src/platform/connection.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { withCertainTls } from '../../src/platform/database-address.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { migrate } from '../../src/platform/migrations/migrate.ts';

const OPENSSL_MISSING = 'There is no openssl here to make certificates. Debian: apt-get install -y openssl.';

let folder: string;
/** With a certificate of an authority of its own, for the name localhost. */
let server: EmbeddedPostgres | null = null;

const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function makeCertificates(): boolean {
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost');
  try {
    for (const name of ['ours', 'another'])
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.crt`,
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
      );
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return false;
    throw error;
  }
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  const signed = ['-CA', 'ours.crt', '-CAkey', 'ours.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signed);
  return true;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'duely-tls-'));
  if (!makeCertificates()) return;
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), settings: { fsync: 'off' } });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ cluster: string }>(`select current_setting('data_directory') as cluster`);
  const cluster = rows[0]?.cluster ?? '';
  const owner = statSync(join(cluster, 'PG_VERSION'));
  for (const name of ['server.key', 'server.crt']) {
    copyFileSync(join(folder, name), join(cluster, name));
    chownSync(join(cluster, name), owner.uid, owner.gid);
    chmodSync(join(cluster, name), 0o600);
  }
  await client.query('alter system set ssl = on');
  await client.query('select pg_reload_conf()');
  await client.end();
  await migrate(server.url, 'up');
});

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The address of the server by the name in its certificate, with parameters. */
function addressOf(parameters: string): string {
  const url = new URL(server?.url ?? '');
  url.hostname = 'localhost';
  return `${url.href}?${parameters}`;
}

const root = (name: string) => `sslrootcert=${join(folder, `${name}.crt`)}`;

/** As a server opens it at its start. */
const openAtStart = (url: string) =>
  openConfiguredDatabase(readConfig({ NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: folder }), () => {});

/** Whether what requests use is encrypted. */
async function isEncrypted(url: string): Promise<unknown> {
  const database = openDatabase({
    url: readConfig({ NODE_ENV: 'test', DATABASE_URL: url, DATA_DIR: folder }).database.url ?? '',
    entities,
    subscribers: [],
    clock: systemClock,
    logger: createLogger('silent'),
    poolMax: 1,
    preparedStatements: true,
    statementTimeoutMs: 30_000,
  });
  onTestFinished(() => database.close(true));
  const rows = await database.em
    .fork()
    .execute<{ ssl: boolean }[]>('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  return rows[0]?.ssl;
}

describe('a database that speaks TLS', () => {
  test.for(['require', 'verify-ca', 'verify-full'])(
    'is used over it with sslmode=%s, where its authority is known',
    async (mode, { skip }) => {
      if (!server) return skip(OPENSSL_MISSING);
      const warnings: string[] = [];
      const onWarning = (warning: Error) => void warnings.push(warning.message);
      process.on('warning', onWarning);
      const url = addressOf(`sslmode=${mode}&${root('ours')}`);

      const opened = await openAtStart(url);
      const encrypted = await isEncrypted(url);

      process.off('warning', onWarning);
      expect(opened.url).toContain('sslmode=verify-full');
      expect(encrypted).toBe(true);
      expect(warnings).toEqual([]);
    },
  );

  test.for(['require', 'verify-full'])(
    'is refused with sslmode=%s by another authority, with what to do',
    async (mode, { skip }) => {
      if (!server) return skip(OPENSSL_MISSING);

      const open = (more: string) => openAtStart(addressOf(`sslmode=${mode}${more}`));

      await expect(open('')).rejects.toThrow(/cannot be opened:(.|\n)*not known here: add &sslrootcert=FILE/);
      await expect(open(`&${root('another')}`)).rejects.toThrow(/not known here: add &sslrootcert=FILE/);
      await expect(isEncrypted(addressOf(`sslmode=${mode}`))).rejects.toThrow();
    },
  );

  test('is used over it with sslmode=no-verify, whoever it is', async ({ skip }) => {
    if (!server) return skip(OPENSSL_MISSING);

    expect(await isEncrypted(addressOf('sslmode=no-verify'))).toBe(true);
  });
});

test('a database without TLS is refused where the address demands it', async () => {
  const opening = openAtStart(`${inject('postgresUrl')}?sslmode=require`);

  await expect(opening).rejects.toThrow('The database speaks no TLS: switch it on there, or take sslmode out');
});

test.for([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Hostname/IP does not match', 'use the name that it has'],
  ['CERT_HAS_EXPIRED', 'certificate has expired', 'it needs a new one'],
  ['28000', 'no pg_hba.conf entry for host "10.0.0.9", user "duely", no encryption', 'add ?sslmode=verify-full'],
])('a connection that fails by %s is told with what to do', ([code = '', message, advice]) => {
  const told = explainFault(Object.assign(new Error(message), { code }));

  expect(told).toContain(`${message}\n`);
  expect(told).toContain(advice);
});

test('an address keeps all but an sslmode whose meaning will change', () => {
  const at = (parameters: string) => `postgres://a%40b:p%2Fw@db.example.com/duely?${parameters}`;

  expect(withCertainTls(at('sslmode=require&channel_binding=require'))).toBe(
    at('sslmode=verify-full&channel_binding=require'),
  );
  expect(withCertainTls(at('x=1&sslmode=prefer'))).toBe(at('x=1&sslmode=verify-full'));
  for (const kept of ['sslmode=no-verify', 'sslmode=disable', 'uselibpqcompat=true&sslmode=require'])
    expect(withCertainTls(at(kept))).toBe(at(kept));
});
