import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from './server-process.ts';
import { until } from './wait.ts';

export const REDIS_MISSING =
  'There is no redis-server here. Debian: apt-get install -y redis-server. macOS: brew install redis.';

const program = (process.env.PATH ?? '')
  .split(delimiter)
  .map(folder => join(folder, 'redis-server'))
  .find(path => existsSync(path));

/** A real Redis that keeps nothing. Disposing of it kills it. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Ends it in the midst of everything, and what it held is gone. */
  kill(): Promise<void>;
  /** At the same address again, empty. */
  start(): Promise<void>;
  /** It takes connections, as its machine does for it, and answers nothing. */
  freeze(): void;
  thaw(): void;
}

export interface RedisOptions {
  readonly password?: string;
  /** Speaks TLS alone. */
  readonly tls?: { readonly keyFile: string; readonly certificateFile: string };
}

/** Null where there is no redis-server: skip the test with REDIS_MISSING. */
export async function startRedis({ password, tls }: RedisOptions = {}): Promise<RedisServer | null> {
  if (!program) return null;
  const path = program;
  const folder = await mkdtemp(join(tmpdir(), 'duely-redis-'));
  const port = await freePort();
  const settings = {
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    ...(password ? { requirepass: password } : {}),
    ...(tls
      ? {
          port: '0',
          'tls-port': port,
          'tls-key-file': tls.keyFile,
          'tls-cert-file': tls.certificateFile,
          'tls-auth-clients': 'no',
        }
      : { port }),
  };
  let child: ChildProcess | undefined;
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    const next = spawn(
      path,
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    child = next;
    let printed = '';
    next.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until('redis-server is ready', () => {
      if (next.exitCode !== null) throw new Error(`redis-server ended at once: ${printed}`);
      return printed.includes('Ready to accept connections');
    });
  };
  await start();
  return {
    url: `${tls ? 'rediss' : 'redis'}://${password ? `:${password}@` : ''}127.0.0.1:${port}`,
    kill,
    start,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
