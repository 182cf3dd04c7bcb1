import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import type { DataFolder } from './folder.ts';
import { type Exit, type Guarded, spawnGuarded } from './guardian.ts';
import type { Runner } from './runner.ts';
import { openLog, startFault } from './server-log.ts';

/** For a developer's machine. */
const DEFAULTS = {
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

const POLL_MS = 5;

/** A start is repeated, so often and so long, after what passes by itself. */
const RETRY_MS = 50;
const RETRIES_FOR_MS = 5000;

/** A port that another program took first, and processes of a killed server that have not yet noticed its end. */
const PASSES_BY_ITSELF = /Address already in use|pre-existing shared memory block/;

export interface Server {
  readonly port: number;
  readonly process: Guarded;
}

/**
 * Starts PostgreSQL on a free port of 127.0.0.1 and waits until it accepts connections. There is no other limit to the
 * wait than the server's end, because recovery after a crash takes its time.
 */
export async function startServer(
  folder: DataFolder,
  binaries: Binaries,
  runner: Runner,
  settings: Record<string, string>,
): Promise<Server> {
  const deadline = performance.now() + RETRIES_FOR_MS;
  for (;;) {
    const port = await findFreePort();
    const options = serverOptions({
      ...DEFAULTS,
      ...settings,
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
    });
    const log = openLog(folder.log);
    const process = spawnGuarded(runner, [binaries.postgres, '-D', folder.cluster, ...options], log.descriptor);
    log.close();

    const exit = await untilReady(process, folder.cluster, port);
    if (exit === null) return { port, process };
    const words = log.lastLines();
    if (!PASSES_BY_ITSELF.test(words) || performance.now() > deadline) {
      throw startFault(folder, 'server', exit.how, words);
    }
    await sleep(RETRY_MS);
  }
}

const serverOptions = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** The kernel's choice; PostgreSQL cannot take 0 itself. */
async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port on 127.0.0.1.');
  return address.port;
}

/** Null as soon as the server accepts connections, or how it ended before. */
async function untilReady(process: Guarded, cluster: string, port: number): Promise<Exit | null> {
  for (;;) {
    const exit = await Promise.race([process.exited, sleep(POLL_MS, null)]);
    if (exit !== null || (await isReady(cluster, port))) return exit;
  }
}

/** Line 4 is the port, by which the file of an earlier server is told apart; line 8 the state (miscadmin.h). */
async function isReady(cluster: string, port: number): Promise<boolean> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[3] === String(port) && lines[7]?.trim() === 'ready';
}
