import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedPosition } from '../../src/change/cursor.ts';
import { readChanges } from '../../src/change/feed.ts';
import { forkFor } from '../../src/change/transact.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { addTodo } from '../support/feed-workload.ts';
import { insertUsers } from '../support/rows.ts';

const AFTER_RESTORE = readFileSync(new URL('../../deploy/after-restore.sql', import.meta.url), 'utf8');

/** How many moments of a backup are tried. */
const ROUNDS = Number(process.env.BACKUP_ROUNDS ?? 25);

/** One transaction for each change, as people write. */
async function write({ app }: TestApp, owner: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await app.services.transact(owner, async em => void addTodo(em, owner, `todo ${n}`));
}

/** Sets the times of the changes behind a number: `at` is SQL. */
const setTimes = ({ query }: TestDatabase, owner: string, behind: number, at: string) =>
  query(`update changes set at = ${at} where owner_id = $1 and seq > $2`, [owner, behind]);

const positionsOf = ({ query }: TestDatabase, owner: string) =>
  query<{ seq: number; at: number }>(
    `select 0 as seq, 0::float8 as at union all
     select seq::int, (extract(epoch from at) * 1000)::bigint::float8 from changes where owner_id = $1 order by seq`,
    [owner],
  );

const idsOf = async ({ query }: TestDatabase, owner: string) =>
  (await query<{ id: string }>('select entity_id as id from changes where owner_id = $1 order by seq', [owner])).map(
    ({ id }) => id,
  );

/** What a backup of that moment has of the owner: todos and changes behind it are lost. */
async function restoreTo({ query }: TestDatabase, owner: string, dumped: number): Promise<void> {
  await query(`delete from todos where id in (select entity_id from changes where owner_id = $1 and seq > $2)`, [
    owner,
    dumped,
  ]);
  await query('delete from changes where owner_id = $1 and seq > $2', [owner, dumped]);
  if (dumped === 0) await query('delete from feeds where owner_id = $1', [owner]);
  else await query('update feeds set last_seq = $2 where owner_id = $1', [owner, dumped]);
}

/** What somebody who has read so far is told. */
const readFrom = ({ app }: TestApp, owner: string, after: FeedPosition) =>
  readChanges(forkFor(app.services.database, owner), owner, after, 1_000).then(
    changes => changes.map(({ entityId }) => entityId),
    (error: { code?: string }) => error.code,
  );

const T = `timestamptz '2026-11-21 12:00:00Z'`;
const some = fc.integer({ min: 0, max: 6 });

/** One of these decides: nothing but the number may tell a lost change from a new one, or nothing but its time. */
test.each([
  // The clock of the new server is right: a new change has the time of a lost one, but never that of its own number.
  { script: false, lostAt: `${T} + seq * interval '1 ms'`, newAt: `${T} + (seq + 1) * interval '1 ms'` },
  // The clock is as wrong as can be: all that was ever written, before and after, is of one millisecond.
  { script: true, lostAt: T, newAt: T },
  { script: true, lostAt: `${T} + seq * interval '1 ms'`, newAt: `${T} + seq * interval '1 ms'` },
])(
  'a cursor of before a restore gives exactly the changes behind it or CURSOR_EXPIRED; with after-restore.sql: $script, times of new changes: $newAt',
  async ({ script, lostAt, newAt }) => {
    await using app = await startApp();
    const { database } = app;
    let round = 0;
    let expired = 0;

    await fc.assert(
      fc.asyncProperty(some, some, some, async (dumped, lost, written) => {
        round += 1;
        const [owner = ''] = await insertUsers(database, [`person${round}`]);
        await write(app, owner, dumped + lost);
        await setTimes(database, owner, 0, lostAt);
        const cursors = await positionsOf(database, owner);
        await restoreTo(database, owner, dumped);
        if (script) await database.query(AFTER_RESTORE);
        await write(app, owner, written);
        await setTimes(database, owner, dumped, newAt);
        const all = await idsOf(database, owner);

        for (const cursor of cursors) {
          const answer = await readFrom(app, owner, cursor);

          // Whoever has read nothing has nothing to forget; to them a first change of a high number is one of many.
          const readNothing = cursor.seq === 0 && (dumped > 0 || written === 0);
          const isGood = script ? readNothing : cursor.seq <= dumped;
          expect([dumped, lost, written, cursor, answer]).toEqual([
            ...[dumped, lost, written, cursor],
            isGood ? all.slice(cursor.seq) : 'CURSOR_EXPIRED',
          ]);
          if (!isGood) expired += 1;
        }
        const [end] = (await positionsOf(database, owner)).slice(-1);
        await write(app, owner, 2);
        if (end && (end.seq > 0 || !script))
          expect(await readFrom(app, owner, end)).toEqual((await idsOf(database, owner)).slice(-2));
      }),
      {
        numRuns: ROUNDS,
        // At the moment itself, overtaken by as many and by more; and a feed that was empty then.
        examples: [
          [3, 2, 0],
          [3, 2, 2],
          [3, 2, 5],
          [0, 2, 3],
        ],
      },
    );

    expect(expired).toBeGreaterThan(4);
  },
);
