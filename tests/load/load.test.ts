import { expect, test } from 'vitest';
import { startDatabase } from '../bench/database.ts';
import { FLAT, growth, measureSteadyLoad } from './steady-load.ts';

/** Ten minutes at four fifths of what the server can do, in peace: npm run bench -- --only load. */
const MINUTES = Number(process.env.LOAD_MINUTES ?? 0.2);
/** Little, so that it holds beside other tests, too. */
const PER_SECOND = 60;

test(`a steady load for ${MINUTES} minutes, with 500 sockets beside it: nobody fails, no change is lost, and the server holds no more in the end`, {
  timeout: MINUTES * 60_000 + 240_000,
}, async () => {
  await using database = await startDatabase();

  const { load, receipt, memory } = await measureSteadyLoad(database, {
    minutes: MINUTES,
    sockets: 500,
    rate: { perSecond: PER_SECOND },
  });

  expect(load.failures).toEqual([]);
  expect(load.answered).toBe(Math.round(MINUTES * 60 * PER_SECOND));
  expect(receipt).toHaveLength(load.created);
  expect(growth(memory, 'heapUsed')).toBeLessThan(FLAT);
  expect(growth(memory, 'rss')).toBeLessThan(FLAT);
});
