import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedPosition } from '../../src/change/cursor.ts';
import { readChanges } from '../../src/change/feed.ts';
import { feedRetention, KEPT_DAYS, removeOldChanges } from '../../src/change/retention.ts';
import { forkFor } from '../../src/change/transact.ts';
import { workerFor } from '../../src/platform/jobs/job.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { writeAtOnce } from '../support/feed-workload.ts';
import { openJobsProcess } from '../support/jobs.ts';
import { insertUsers } from '../support/rows.ts';
import { recordStatements } from '../support/statements.ts';
import { until } from '../support/wait.ts';

/** Writes a feed past the server: a change for each age in days, in the order of their numbers. */
async function insertFeed({ query }: TestDatabase, ownerId: string, ages: readonly number[]): Promise<void> {
  await query(
    `with written as (
       insert into changes (owner_id, seq, entity, entity_id, kind, at)
       select $1, seq, 'todo', gen_random_uuid(), 'UPDATED', now() - age * interval '1 day'
       from unnest($2::float8[]) with ordinality as one (age, seq)
     )
     insert into feeds (owner_id, last_seq, kept_since) values ($1, $3, now() - $4 * interval '1 day')`,
    [ownerId, ages, ages.length, ages[0] ?? 0],
  );
}

/** The numbers of the changes that are there, of each owner. */
async function readSeqs({ query }: TestDatabase): Promise<Map<string, number[]>> {
  const rows = await query<{ owner_id: string; seqs: number[] }>(
    `select owner_id, array_agg(coalesce(seq, 0)::int order by seq) as seqs from feeds left join changes using (owner_id) group by owner_id`,
  );
  return new Map(rows.map(({ owner_id, seqs }) => [owner_id, seqs]));
}

const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

const remove = ({ app }: TestApp, signal?: AbortSignal) =>
  removeOldChanges({ database: app.services.database, clock: app.services.clock, ...(signal ? { signal } : {}) });

/** The first that stays: the last one before the first young one, or the newest of all. */
function firstKept(ages: readonly number[]): number {
  const young = ages.findIndex(age => age < KEPT_DAYS);
  return young === -1 ? ages.length : Math.max(young, 1);
}

/** Every reader, as far as each change of a feed that had so many: what they get, or that their cursor has expired. */
async function readFromEverywhere({ app }: TestApp, ownerId: string, positions: readonly FeedPosition[]) {
  return Promise.all(
    positions.map(position =>
      readChanges(forkFor(app.services.database, ownerId), ownerId, position, 1_000).then(
        changes => changes.map(({ seq }) => seq),
        (error: { code?: string }) => error.code,
      ),
    ),
  );
}

const positionsOf = ({ query }: TestDatabase, ownerId: string) =>
  query<{ seq: number; at: number }>(
    `select 0 as seq, 0::float8 as at union all
     select seq::int, (extract(epoch from at) * 1000)::bigint::float8 from changes where owner_id = $1 order by seq`,
    [ownerId],
  );

describe('removing old changes', () => {
  test('of any age and number leaves the end of each feed without a hole, with one older change before the young ones, and readers get all or CURSOR_EXPIRED', async () => {
    await using app = await startApp();
    const { database } = app;
    // Nearly old to young, as clocks are; and any way round, as they may be.
    const age = fc.oneof(fc.integer({ min: 0, max: 29 }), fc.integer({ min: 31, max: 90 }));
    const ages = fc.oneof(
      fc.array(age, { minLength: 1, maxLength: 12 }),
      fc.array(age, { minLength: 1, maxLength: 130 }).map(list => list.toSorted((a, b) => b - a)),
      fc.array(fc.integer({ min: 31, max: 90 }), { minLength: 45, maxLength: 110 }),
    );
    let round = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(ages, { minLength: 1, maxLength: 6 }), async feeds => {
        round += 1;
        await database.query('delete from feeds');
        await database.query('delete from changes');
        const owners = await insertUsers(
          database,
          feeds.map((_, n) => `person${round}x${n}`),
        );
        const before = new Map<string, FeedPosition[]>();
        for (const [n, owner] of owners.entries()) {
          await insertFeed(database, owner, feeds[n] ?? []);
          before.set(owner, await positionsOf(database, owner));
        }

        const removed = await remove(app);
        const again = await remove(app);

        const left = await readSeqs(database);
        for (const [n, owner] of owners.entries()) {
          const [last, kept] = [feeds[n]?.length ?? 0, firstKept(feeds[n] ?? [])];
          expect(left.get(owner)).toEqual(from(kept, last));
          const positions = before.get(owner) ?? [];
          expect(await readFromEverywhere(app, owner, positions)).toEqual(
            positions.map(({ seq }) => (seq >= kept || kept === 1 ? from(seq + 1, last) : 'CURSOR_EXPIRED')),
          );
        }
        expect(removed).toBe(feeds.reduce((sum, one) => sum + firstKept(one) - 1, 0));
        expect(again).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('comes again to a feed when what was young has grown old, and to one that slept when it is written to again', async () => {
    await using app = await startApp();
    const [ada = '', eve = ''] = await insertUsers(app.database, ['ada', 'eve']);
    await insertFeed(app.database, ada, [50, 40, 20, 10]);
    await insertFeed(app.database, eve, [50, 40]);
    const left: (number[] | undefined)[][] = [];
    const look = async () => {
      await remove(app);
      const seqs = await readSeqs(app.database);
      left.push([seqs.get(ada), seqs.get(eve)]);
    };

    await look();
    app.advance(15 * 86_400_000);
    await app.database.query(
      `insert into changes select $1, 3, 'todo', gen_random_uuid(), 'UPDATED', now() + interval '15 days'`,
      [eve],
    );
    await look();
    app.advance(31 * 86_400_000);
    await look();

    expect(left).toEqual([
      [[2, 3, 4], [2]],
      [
        [3, 4],
        [2, 3],
      ],
      [[4], [3]],
    ]);
  });

  test('does nothing to a feed that is just being written to, and does it the next time', async () => {
    await using app = await startApp();
    const [ada = '', eve = ''] = await insertUsers(app.database, ['ada', 'eve']);
    await insertFeed(app.database, ada, [50, 40]);
    await insertFeed(app.database, eve, [50, 40]);
    const writing = forkFor(app.app.services.database, ada);
    await writing.begin();
    await writing.execute('update feeds set last_seq = last_seq where owner_id = ?', [ada]);

    const [during] = [await remove(app)];
    await writing.commit();
    const after = await remove(app);

    expect([during, after]).toEqual([1, 1]);
  });

  test('that is broken off leaves ends of feeds without a hole, and the next one goes on', async () => {
    await using app = await startApp();
    const { database } = app;
    const people = await insertUsers(database, ['ada', 'eve', 'joe']);
    for (const owner of people) await insertFeed(database, owner, Array(500).fill(50));
    const left: (number | undefined)[][] = [];

    for (const seq of [120, 330]) {
      // It waits for a change in the middle, and is killed there.
      const holding = forkFor(app.app.services.database, null);
      await holding.begin();
      await holding.execute('select 1 from changes where owner_id = ? and seq = ? for update', [people[1], seq]);
      const broken = remove(app).catch((error: unknown) => error);
      const waiting = `select pid from pg_stat_activity
        where datname = current_database() and application_name = 'duely' and wait_event_type = 'Lock'`;
      await until('it waits', async () => (await database.query(waiting)).length === 1);
      const [killed] = await database.query<{ pid: number }>(
        `select pg_terminate_backend(pid), pid from (${waiting}) as one`,
      );
      // It tells its end before it gives up its locks, and feeds that are locked are left for another time.
      const process = () => database.query('select 1 from pg_stat_activity where pid = $1', [killed?.pid]);
      await until('it is gone', async () => (await process()).length === 0);
      expect(await broken).toBeInstanceOf(Error);
      await holding.rollback();
      const seqs = await readSeqs(database);
      for (const owner of people) expect(seqs.get(owner)).toEqual(from(seqs.get(owner)?.[0] ?? 0, 500));
      left.push(people.map(owner => seqs.get(owner)?.[0]));
    }
    const stopped = new AbortController();
    stopped.abort();
    await expect(remove(app, stopped.signal)).rejects.toThrow('aborted');
    await remove(app);

    // By fifties, and what was begun together is undone together.
    expect(left).toEqual([
      [101, 101, 101],
      [301, 301, 301],
    ]);
    expect([...(await readSeqs(database)).values()]).toEqual([[500], [500], [500]]);
  });

  test('by several at once, while people write, loses nothing that is young', async () => {
    await using app = await startApp();
    const { database } = app;
    const { transact } = app.app.services;
    const people = await insertUsers(
      database,
      from(1, 6).map(n => `person${n}`),
    );
    for (const owner of people)
      await insertFeed(
        database,
        owner,
        from(1, 1_500).map(n => 80 - n / 100),
      );

    let writing = true;
    const removeAll = async () => {
      let removed = 0;
      while (writing) removed += await remove(app);
      return removed + (await remove(app));
    };
    const removals = [removeAll(), removeAll()];
    await writeAtOnce([transact], people);
    writing = false;
    const removed = (await Promise.all(removals)).reduce((sum, one) => sum + one);

    const ends = await database.query<{ owner_id: string; last_seq: number }>(
      'select owner_id, last_seq::int from feeds',
    );
    const left = await readSeqs(database);
    // The first that stays is the last of the old ones.
    expect(ends.map(({ owner_id }) => left.get(owner_id))).toEqual(ends.map(({ last_seq }) => from(1_500, last_seq)));
    expect(ends.every(({ last_seq }) => last_seq > 1_500)).toBe(true);
    expect(removed).toBe(6 * 1_499);
  });

  test('is a job that a worker does', async () => {
    await using app = await startApp({ settings: { WORKER: 'on' } });
    const [ada = ''] = await insertUsers(app.database, ['ada']);
    await insertFeed(app.database, ada, [50, 40, 3]);
    const enqueued = workerFor(feedRetention, async () => {});
    await using enqueuing = openJobsProcess(app.database, [enqueued], { working: false });

    await enqueuing.jobs.enqueue(enqueuing.fork(), feedRetention, {});
    await until('the old change is gone', async () => (await readSeqs(app.database)).get(ada)?.length === 2);

    expect((await readSeqs(app.database)).get(ada)).toEqual([2, 3]);
  });
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** A few have so much that a plan that joined their changes would read the table; of many, all feeds must not be read. */
test.for([
  { people: 8, guarded: ['changes'], indexes: ['changes_pkey'] },
  { people: 20_000, guarded: ['changes', 'feeds'], indexes: ['changes_pkey', 'feeds_kept_since_idx', 'feeds_pkey'] },
])(
  'removing old changes of $people people, of 200,000, reads $guarded by indexes alone',
  async ({ people, guarded, indexes }) => {
    await using app = await startApp();
    const { database } = app;
    const nthId = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
    for (const statement of [
      `insert into users (id, email, username)
     select ${nthId('n')}, 'many' || n || '@example.com', 'many' || n from generate_series(1, ${people}) as n`,
      `insert into changes (owner_id, seq, entity, entity_id, kind, at)
     select owner_id, row_number() over (partition by owner_id order by n), 'todo', owner_id, 'CREATED',
       now() - (200000 - n) * interval '20 s'
     from (select n, ${nthId(`n % ${people} + 1`)} as owner_id from generate_series(1, 200000) as n) as one`,
      `insert into feeds (owner_id, last_seq, kept_since) select owner_id, max(seq), min(at) from changes group by owner_id`,
      'analyze',
    ])
      await database.query(statement);
    using statements = await recordStatements(app);

    const removed = await remove(app);
    const [statement] = statements.take();
    // What was removed and written anew still takes room, by which the planner reckons.
    await database.query('vacuum (analyze)');
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${statement?.text}`, [
      ...(statement?.values ?? []),
    ]);

    const nodes = nodesOf(row?.['QUERY PLAN'][0].Plan ?? { 'Node Type': 'None' });
    const scanned = nodes.filter(node => node['Node Type'].endsWith('Seq Scan')).map(node => node['Relation Name']);
    expect(removed).toBeGreaterThan(40_000);
    expect(scanned.filter(table => guarded.includes(table ?? ''))).toEqual([]);
    expect(nodes.flatMap(node => node['Index Name'] ?? [])).toEqual(expect.arrayContaining(indexes));
  },
);
