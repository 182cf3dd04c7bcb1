import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDataFolder, type DataFolder, isRunning, runServer, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const linesWithAddress = (text: string) => text.split('\n').filter(line => line.includes('http://'));

/** With a cluster in it: making one takes longest. */
let folder: DataFolder;

beforeAll(async () => {
  folder = await createDataFolder();
});

afterAll(() => folder[Symbol.asyncDispose]());

describe('npm start', () => {
  test('prints one line with http:// and the port, which serves, and is refused where another server has the folder', async () => {
    await using server = await startServer(folder);

    const second = runServer(folder);
    const exit = await second.exited;

    const health = await fetch(`${server.url}/health`);
    expect(await health.json()).toMatchObject({ status: 'healthy', service: 'duely' });
    expect(linesWithAddress(server.stdout())).toEqual([expect.stringContaining(`:${new URL(server.url).port}`)]);
    expect([exit, second.stdout()]).toEqual([{ code: 1, signal: null }, '']);
    expect(second.stderr()).toMatch(/^The data folder .* is in use by process \d+\. .*\n$/);
    expect(second.stderr()).toContain(`in use by process ${server.pid}.`);
  });

  test('prints the address of the machine and the port, whatever PUBLIC_URL says', async () => {
    await using server = await startServer(folder, { PUBLIC_URL: 'https://api.example.com' });

    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    expect(linesWithAddress(server.stdout())).toHaveLength(1);
    expect(server.stdout()).toContain('https://api.example.com');
  });

  test('with several bad settings names each of them at once and ends with 1', async () => {
    const run = runServer(folder, {
      PORT: 'many',
      LOG_LEVEL: 'loud',
      JWT_SECRETS: 'short-though-varied',
      DATABASE_URL: 'mysql://x',
    });
    const exit = await run.exited;

    expect([exit, run.stdout()]).toEqual([{ code: 1, signal: null }, '']);
    const faults = run.stderr().match(/^ {2}[A-Z_]+ /gm);
    expect(faults).toEqual(['  PORT ', '  LOG_LEVEL ', '  DATABASE_URL ', '  JWT_SECRETS ']);
    expect(run.stderr()).not.toMatch(/^ +at /m);
  });
});

describe('stopping', () => {
  test.for(['SIGINT', 'SIGTERM'] as const)('by %s ends with 0 and leaves no PostgreSQL behind', async signal => {
    await using server = await startServer(folder);
    const postgres = folder.postgresPid();
    const wasRunning = isRunning(postgres);

    server.kill(signal);
    const exit = await server.exited;

    expect([wasRunning, isRunning(postgres)]).toEqual([true, false]);
    expect([exit, server.stderr()]).toEqual([{ code: 0, signal: null }, '']);
  });

  test('by kill -9 leaves a PostgreSQL behind for three seconds at the most', async () => {
    await using server = await startServer(folder);
    const postgres = folder.postgresPid();

    server.kill('SIGKILL');
    await server.exited;

    await until('PostgreSQL ended', () => !isRunning(postgres), 3_000);
  });
});
