import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { ROOT } from './dockerfile.ts';

export const CADDYFILE = join(ROOT, 'deploy/Caddyfile');
export const CADDY_MISSING = 'There is no caddy here. Debian: apt-get install -y caddy. macOS: brew install caddy.';
export const hasCaddy = spawnSync('caddy', ['version']).status === 0;

/**
 * A real Caddy with the deployment's own file, before a server on this machine. It serves HTTP, since nobody here knows the
 * authority of its certificates. It ends with the test.
 */
export async function startCaddy(upstream: string): Promise<{ url: string; output: () => string }> {
  const home = await mkdtemp(join(tmpdir(), 'duely-caddy-'));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn('caddy', ['run', '--config', CADDYFILE, '--adapter', 'caddyfile'], {
    env: { PATH: process.env.PATH, HOME: home, SITE_ADDRESS: url, UPSTREAM: new URL(upstream).host },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(home, { recursive: true, force: true });
  });
  await until('Caddy serves', async () => {
    if (child.exitCode !== null) throw new Error(`Caddy ended at once: ${text}`);
    return fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
  });
  return { url, output: () => text };
}
