import { expect, test } from 'vitest';
import { startDatabase } from '../bench/database.ts';
import { growth, measureSteadyLoad } from './steady-load.ts';

/** `npm run bench -- --only load` takes ten minutes for it, in peace. */
const MINUTES = Number(process.env.LOAD_MINUTES ?? 0.3);
/** Beside other tests nothing is left of what was found before; by itself the server bears more. */
const SHARE = Number(process.env.LOAD_SHARE ?? 0.5);
const FLAT = 1.1;

test(`a server under a steady load for ${MINUTES} minutes, with 500 sockets beside it, fails nobody, loses no change, and holds no more in the end`, {
  timeout: MINUTES * 120_000 + 240_000,
}, async () => {
  await using database = await startDatabase();

  const { load, receipt, memory } = await measureSteadyLoad(database, { minutes: MINUTES, sockets: 500, share: SHARE });

  expect(load.failures).toEqual([]);
  expect(load.answered).toBeGreaterThan(100);
  expect(receipt).toHaveLength(load.created);
  expect(growth(memory, 'heapUsed')).toBeLessThan(FLAT);
  expect(growth(memory, 'rss')).toBeLessThan(FLAT);
});
