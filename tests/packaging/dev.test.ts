import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, isRunning } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { ROOT } from './dockerfile.ts';

const READ = ['src', 'schema', 'migrations', 'package.json'];

test('npm run dev serves each change of a source or of the SDL at the same port, also after a mistake and amid a start', async () => {
  const dev = await startDev();
  const restarts = () => dev.output().split('Restarting').length;

  await dev.replace('src/http/status.ts', "status: 'healthy'", "status: 'changed'");
  await until('the source is served', async () => (await dev.ask('/health')).status === 'changed');
  await appendFile(dev.path('schema/common.graphql'), '\n"Added." enum Dev { ONE }\n');
  await until('the SDL is served', async () => (await dev.descriptionOf('Dev')) === 'Added.');
  await appendFile(dev.path('schema/common.graphql'), 'type {\n');
  await until('the mistake is told', () => /Syntax Error/.test(dev.output()));
  await dev.replace('schema/common.graphql', 'type {\n', '');
  for (const round of [1, 2, 3]) {
    const before = restarts();
    await dev.replace('src/http/status.ts', /status: 'changed\w*'/, `status: 'changed${round}'`);
    // And not until it serves: the next change comes while this start is under way.
    await until('it starts again', () => restarts() > before);
  }
  await until('the last change is served', async () => (await dev.ask('/health')).status === 'changed3');

  expect(await dev.descriptionOf('Dev')).toBe('Added.');
});

test('Ctrl-C ends npm run dev with the server and its database, and the next one finds the data', async () => {
  const dev = await startDev();
  const postgres = dev.postgresPid();

  dev.interrupt();
  await until('all of it has ended', () => !isRunning(dev.pid) && !isRunning(postgres));
  const again = await startDev(dev.folder);

  expect(await again.ask('/health')).toMatchObject({ status: 'healthy' });
});

/** In a copy of the tree, in a group of processes of its own, as a terminal has it. */
async function startDev(given?: string) {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'duely-dev-')));
  const path = (file: string) => join(folder, file);
  if (!given) {
    for (const name of READ) await cp(join(ROOT, name), path(name), { recursive: true });
    await symlink(join(ROOT, 'node_modules'), path('node_modules'));
  }
  const port = await freePort();
  const child = spawn('npm', ['run', 'dev'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, PORT: port },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const group = child.pid ?? 0;
  const exited = once(child, 'exit');
  const interrupt = () => process.kill(-group, 'SIGINT');
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      interrupt();
      await exited;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  const ask = (route: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${port}${route}`, init).then(
      response => response.json(),
      // While it starts again.
      () => ({}),
    );
  await until('it serves', async () => 'status' in (await ask('/health')), 60_000);
  return {
    folder,
    pid: group,
    path,
    ask,
    interrupt,
    output: () => text,
    postgresPid: () => Number.parseInt(readFileSync(path('.data/postgres/cluster/postmaster.pid'), 'utf8'), 10),
    async descriptionOf(type: string): Promise<unknown> {
      const body = JSON.stringify({ query: `{ __type(name: "${type}") { description } }` });
      const answer = await ask('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return answer.data?.__type?.description;
    },
    async replace(file: string, old: string | RegExp, by: string) {
      await writeFile(path(file), (await readFile(path(file), 'utf8')).replace(old, by));
    },
  };
}
