import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { freePort } from './server-process.ts';
import { until } from './wait.ts';

export const PGBOUNCER_MISSING =
  'There is no pgbouncer here. Debian: apt-get install -y pgbouncer. macOS: brew install pgbouncer.';

const program = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  .map(folder => join(folder, 'pgbouncer'))
  .find(path => existsSync(path));

/** A database of the test's own, and the way to it through a pooler. */
export interface PooledDatabase extends TestDatabase {
  readonly directUrl: string;
}

/**
 * PgBouncer in front of a new database, handing out three sessions by transaction, and otherwise as it comes. Null where
 * there is none: skip the test with PGBOUNCER_MISSING.
 */
export async function createPooledDatabase(settings: Record<string, string> = {}): Promise<PooledDatabase | null> {
  if (!program) return null;
  const database = await createTestDatabase();
  const { hostname, port: serverPort, username, password } = new URL(database.url);
  const folder = await mkdtemp(join(tmpdir(), 'duely-pgbouncer-'));
  const port = await freePort();
  const given = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
    pool_mode: 'transaction',
    default_pool_size: '3',
    ...settings,
  };
  const lines = Object.entries(given).map(([name, value]) => `${name} = ${value}`);
  await writeFile(join(folder, 'users.txt'), `"${decodeURIComponent(username)}" "${decodeURIComponent(password)}"\n`);
  await writeFile(
    join(folder, 'pgbouncer.ini'),
    `[databases]\n* = host=${hostname} port=${serverPort}\n[pgbouncer]\n${lines.join('\n')}\n`,
  );
  // It refuses to be root, and has to read them all the same.
  for (const name of ['', 'users.txt', 'pgbouncer.ini']) await chmod(join(folder, name), 0o755);
  const asRoot = process.getuid?.() === 0;
  const child = spawn(program, [...(asRoot ? ['-u', 'nobody'] : []), join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  await until('PgBouncer takes connections', async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended at once: ${printed}`);
    return takesConnections(Number(port));
  });
  const url = new URL(database.url);
  url.hostname = '127.0.0.1';
  url.port = port;
  return {
    ...database,
    url: url.href,
    directUrl: database.url,
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
      await database[Symbol.asyncDispose]();
    },
  };
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
