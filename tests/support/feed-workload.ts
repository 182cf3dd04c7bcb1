import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedPosition } from '../../src/change/cursor.ts';
import { readChanges } from '../../src/change/feed.ts';
import { forkFor, type Transact } from '../../src/change/transact.ts';
import { User } from '../../src/identity/user.entity.ts';
import type { Database, EntityManager } from '../../src/platform/database.ts';
import { Todo } from '../../src/todo/todo.entity.ts';
import type { TestDatabase } from './database.ts';

export const START: FeedPosition = { seq: 0, at: 0 };

/** Thrown on purpose. */
class RolledBack extends Error {}

/** What comes between the numbers and the commit: a while, and at times a failure. */
export async function hesitate(): Promise<void> {
  await sleep(upTo(4));
  if (Math.random() < 0.1) throw new RolledBack();
}

export function addTodo(em: EntityManager, ownerId: string, title: string): Todo {
  const todo = em.create(Todo, { owner: em.getReference(User, ownerId), title, position: 'a0' });
  em.persist(todo);
  return todo;
}

/**
 * Todos' own list is locked by whoever adds to it, which puts one person's transactions in a row before the feed could.
 * Without it, only the feed's own lock keeps the order of its numbers.
 */
export const withoutListLock = (database: TestDatabase) => database.query('alter table todos disable trigger user');

const upTo = (max: number) => Math.floor(Math.random() * max) + 1;

/**
 * Writers at once, each in one of the ways to write: transactions of random length on one owner or several, some of which
 * are rolled back. Answers with how many there were, and how often their work was begun: more often where it was retried.
 */
export async function writeAtOnce(
  ways: readonly Transact[],
  ownerIds: readonly string[],
  { writers = 20, transactions = 10 } = {},
): Promise<{ committed: number; rolledBack: number; begun: number }> {
  const count = { committed: 0, rolledBack: 0, begun: 0 };

  const write = async (transact: Transact) => {
    const touched = ownerIds.filter(() => Math.random() < 0.3);
    const owners = touched.length > 0 ? touched.toSorted(() => Math.random() - 0.5) : ownerIds.slice(0, 1);
    await transact(owners[0] ?? null, async em => {
      count.begun += 1;
      for (const ownerId of owners) for (let n = upTo(4); n > 0; n -= 1) addTodo(em, ownerId, `todo ${n}`);
      await em.flush();
      await sleep(upTo(4));
      addTodo(em, owners[0] ?? '', 'the last one');
      if (Math.random() < 0.15) throw new RolledBack();
    });
  };

  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < transactions; n += 1) {
        try {
          await write(ways[writer % ways.length] as Transact);
          count.committed += 1;
        } catch (error) {
          if (!(error instanceof RolledBack)) throw error;
          count.rolledBack += 1;
        }
      }
    }),
  );
  return count;
}

/** What a reader was given of a feed, from its beginning. */
export interface Seen {
  readonly ownerId: string;
  readonly seqs: number[];
  /** Why it could not go on. */
  failure?: string;
}

/** Reads a feed, always close behind the writers, until it has all that there is when the writing is done. */
export async function readAlong(database: Database, ownerId: string, isDone: () => boolean): Promise<Seen> {
  const seen: Seen = { ownerId, seqs: [] };
  let position = START;
  for (;;) {
    const last = isDone();
    try {
      const rows = await readChanges(forkFor(database, ownerId), ownerId, position, 200);
      seen.seqs.push(...rows.map(row => row.seq));
      position = rows.at(-1) ?? position;
      if (last && rows.length === 0) return seen;
    } catch (error) {
      return { ...seen, failure: String(error) };
    }
  }
}

export interface StoredChange {
  readonly ownerId: string;
  readonly seq: number;
  /** When its transaction was committed, in microseconds since 1970. */
  readonly committedAt: bigint;
}

/** All feeds as they stand in the table, by owner and number. */
export async function readStored(database: TestDatabase): Promise<Map<string, StoredChange[]>> {
  const rows = await database.query<{ ownerId: string; seq: string; committedAt: string }>(`
    select owner_id as "ownerId", seq,
      (extract(epoch from pg_xact_commit_timestamp(xmin)) * 1000000)::bigint::text as "committedAt"
    from changes order by owner_id, seq`);
  const changes = rows.map(row => ({ ...row, seq: Number(row.seq), committedAt: BigInt(row.committedAt) }));
  return Map.groupBy(changes, change => change.ownerId);
}

export interface Violations {
  /** Numbers that are missing. */
  holes: string[];
  /** A number whose transaction was committed before the one of the number ahead of it. */
  disorder: string[];
  /** Readers who were not given each change once, in order. */
  misread: string[];
}

/** Looks for breaches of what the feed promises. */
export function findViolations(
  stored: ReadonlyMap<string, readonly StoredChange[]>,
  seen: readonly Seen[],
): Violations {
  const violations: Violations = { holes: [], disorder: [], misread: [] };
  for (const [ownerId, changes] of stored) {
    changes.forEach((change, index) => {
      const before = changes[index - 1];
      if (change.seq !== (before?.seq ?? 0) + 1) violations.holes.push(`${ownerId}: none before ${change.seq}`);
      if (before && change.committedAt < before.committedAt)
        violations.disorder.push(`${ownerId}: ${change.seq} was committed before ${before.seq}`);
    });
  }
  for (const { ownerId, seqs, failure } of seen) {
    const all = (stored.get(ownerId) ?? []).map(change => change.seq);
    if (failure) violations.misread.push(`${ownerId}: ${failure}`);
    else if (seqs.join() !== all.join()) violations.misread.push(`${ownerId}: read ${seqs.length} of ${all.length}`);
  }
  return violations;
}
