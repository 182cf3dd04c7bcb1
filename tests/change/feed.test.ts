import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { appendChanges, readChanges } from '../../src/change/feed.ts';
import type { FeedFollower } from '../../src/change/reader.ts';
import { forkFor } from '../../src/change/transact.ts';
import { sqlOf } from '../../src/platform/database.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { startApp, type TestApp } from '../support/app.ts';
import {
  findViolations,
  hesitate,
  readAlong,
  readStored,
  type Seen,
  START,
  type Violations,
  withoutListLock,
  writeAtOnce,
} from '../support/feed-workload.ts';
import { until } from '../support/wait.ts';
import { openWriter } from '../support/writer.ts';

const OWNERS = 4;

async function createOwners(app: TestApp): Promise<string[]> {
  const people = await Promise.all(Array.from({ length: OWNERS }, () => app.createUser()));
  return people.map(person => fromGlobalId('user', person.id) ?? '');
}

test('20 writers at once on several owners: no hole, in the order of the commits, and each reader gets each change once', async () => {
  await using app = await startApp({ settings: { DATABASE_POOL_MAX: '40' } });
  const { transact, database, feed } = app.app.services;
  // Another process, whose wake-ups are lost and which is slow, or fails, between the numbers and the commit.
  await using other = openWriter(app.database, {
    append: async (em, changes) => {
      const ends = await appendChanges(em, changes);
      await hesitate();
      return ends;
    },
  });
  await withoutListLock(app.database);
  const owners = await createOwners(app);
  const followers = await Promise.all([...owners, ...owners].map(owner => feed.follow(owner, START)));
  const following = followers.map((follower, n) => collect(follower, owners[n % OWNERS] ?? ''));
  let done = false;
  const readers = [...owners, ...owners].map(owner => readAlong(database, owner, () => done));

  const written = await writeAtOnce([transact, other.transact], owners).finally(() => {
    done = true;
  });
  const seen = await Promise.all(readers);
  const stored = await readStored(app.database);
  const total = (ownerId: string) => stored.get(ownerId)?.length ?? 0;
  await until('the followers have all', () => following.every(({ ownerId, seqs }) => seqs.length >= total(ownerId)));
  await Promise.all(followers.map(follower => follower.return()));

  expect(findViolations(stored, [...seen, ...following])).toEqual({ holes: [], disorder: [], misread: [] });
  expect(stored.size).toBe(OWNERS);
  expect(written).toMatchObject({ begun: 200, rolledBack: expect.any(Number) });
  expect(written.rolledBack).toBeGreaterThan(0);
  for (const [ownerId, changes] of stored) {
    const all = await readChanges(forkFor(database, ownerId), ownerId, START, changes.length);
    const fromEach = await Promise.all(
      all.map(position => readChanges(forkFor(database, ownerId), ownerId, position, all.length)),
    );
    expect(all).toHaveLength(changes.length);
    expect(fromEach).toEqual(all.map((_, index) => all.slice(index + 1)));
  }
});

test('the same load with the numbers of a sequence has holes, another order than the commits, and readers that miss changes', async () => {
  await using app = await startApp({ settings: { DATABASE_POOL_MAX: '40' } });
  await using naive = openWriter(app.database, { append: appendBySequence });
  await withoutListLock(app.database);
  const owners = await createOwners(app);
  // Each owner's own creation is number 1.
  for (const owner of owners) await app.database.query(`create sequence ${sequenceOf(owner)} start 2`);

  let violations: Violations = { holes: [], disorder: [], misread: [] };
  // Which faults show is a matter of luck: again, until each kind has.
  for (let round = 0; round < 5 && Object.values(violations).some(found => found.length === 0); round += 1) {
    let done = false;
    const readers = [...owners, ...owners].map(owner => readAlong(app.app.services.database, owner, () => done));
    await writeAtOnce([naive.transact], owners).finally(() => {
      done = true;
    });
    violations = findViolations(await readStored(app.database), await Promise.all(readers));
  }

  expect(violations.holes).not.toEqual([]);
  expect(violations.disorder).not.toEqual([]);
  expect(violations.misread).not.toEqual([]);
});

function collect(follower: FeedFollower, ownerId: string): Seen {
  const seen: Seen = { ownerId, seqs: [] };
  void (async () => {
    for await (const { seq } of follower) seen.seqs.push(seq);
  })().catch((error: unknown) => {
    seen.failure = String(error);
  });
  return seen;
}

const sequenceOf = (ownerId: string) => `naive_${ownerId.replaceAll('-', '')}`;

/** As many do it: a number from a sequence, without the owner's lock. Each owner has a sequence of their own. */
const appendBySequence: typeof appendChanges = async (em, changes) => {
  const entries = changes.map(
    ({ ownerId, name, entityId, kind }) =>
      sql`(${ownerId}::uuid, nextval(${sequenceOf(ownerId)}::regclass), ${name}, ${entityId}::uuid, ${kind}, clock_timestamp())`,
  );
  await sql`insert into changes (owner_id, seq, entity, entity_id, kind, at) values ${sql.join(entries)}`.execute(
    sqlOf(em),
  );
  await hesitate();
  return [];
};
