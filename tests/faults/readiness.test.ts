import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';

/** Whoever spreads requests looks every second or two: a longer delay would cost people their answers. */
const PATIENCE_MS = 2_000;
/** In which whoever asks gives up; on a machine that is busy, too. */
const SLOWEST_MS = 1_500;

let postgres: OwnPostgres;
let server: OwnServer;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  server = await startOwnServer(postgres, postgres, { LOG_LEVEL: 'info' });
  await until('it is ready', async () => (await server.ready()).status === 200);
}, 120_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});

/** Waits until it is so, and answers with the slowest answer of those on the way. */
async function says(status: number): Promise<number> {
  const times: number[] = [];
  const begun = performance.now();
  const asked = async () => {
    const ready = await server.ready();
    times.push(ready.ms);
    return ready.status === status;
  };
  await until(`/ready answers ${status}`, asked, PATIENCE_MS);
  expect(performance.now() - begun).toBeLessThan(PATIENCE_MS);
  return Math.max(...times);
}

test('/ready answers 503 within two seconds of a database that crashes and refuses connections, and 200 within two of its return', async () => {
  await postgres.stop('immediate');
  await says(503);
  const { body } = await server.ready();
  await postgres.start();
  await says(200);

  expect(body).toMatchObject({ status: 'unready', dependencies: { database: 'down', migrations: 'applied' } });
});

test('/ready answers 503 within two seconds of a database that stands still, each time in a second and a half, and 200 within two of its going on', async () => {
  postgres.freeze();
  const slowest = await says(503);
  const { ms, body } = await server.ready();
  postgres.thaw();
  await says(200);

  expect(body.dependencies.database).toBe('down');
  expect(Math.max(slowest, ms)).toBeLessThan(SLOWEST_MS);
});

test('/ready is told once in the log when it turns, not with each look', async () => {
  const lines = () => [...server.stdout().matchAll(/"msg":"(not ready|ready again)[^"]*"/g)].map(([, what]) => what);
  await until('what came before is told', () => lines().at(-1) !== 'not ready');
  const before = lines().length;

  await postgres.stop('fast');
  await says(503);
  for (let n = 0; n < 3; n += 1) await server.ready();
  await postgres.start();
  await says(200);
  await server.ready();
  await until('it is told', () => lines().length >= before + 2);

  expect(lines().slice(before)).toEqual(['not ready', 'ready again']);
});

test('/health answers 200 while the database stands still: the process is not to be killed for it', async () => {
  postgres.freeze();
  const response = await fetch(`${server.url}/health`);
  postgres.thaw();

  expect(response.status).toBe(200);
});
