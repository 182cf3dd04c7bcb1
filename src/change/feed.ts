import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { ApiError } from '../platform/errors.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { FeedPosition } from './cursor.ts';
import type { ChangeKind, PendingChange } from './tracked.ts';

/** An entry of an owner's feed. */
export interface ChangeRow {
  readonly seq: number;
  readonly name: string;
  readonly entityId: string;
  readonly kind: ChangeKind;
  /** When it was committed: milliseconds since 1970. */
  readonly at: number;
}

/** How far an owner's feed reaches. */
export interface FeedEnd {
  readonly ownerId: string;
  readonly seq: number;
}

interface FeedTables {
  changes: { owner_id: string; seq: string; entity: string; entity_id: string; kind: ChangeKind; at: string };
  feeds: { owner_id: string; last_seq: string };
}

/**
 * Numbers the changes and writes them: the last statement of a transaction. It raises each owner's counter, whose row
 * stays locked until the commit, so that one owner's numbers are committed in order and without a hole; several owners'
 * rows are locked in one order, so that two transactions never wait for each other.
 */
export async function appendChanges(em: EntityManager, changes: readonly PendingChange[]): Promise<FeedEnd[]> {
  if (changes.length === 0) return [];
  const ends = await runStatement(
    sqlOf<FeedTables>(em),
    'append changes',
    () => ({
      compile: () =>
        sql<{ owner_id: string; last_seq: string }>`
          with entry as (
            select * from unnest(${slot('owners')}::uuid[], ${slot('names')}::text[], ${slot('ids')}::uuid[], ${slot('kinds')}::text[])
              with ordinality as entry (owner_id, entity, entity_id, kind, place)
          ),
          raised as (
            insert into feeds (owner_id, last_seq)
            select owner_id, count(*) from entry group by owner_id order by owner_id
            on conflict (owner_id) do update set last_seq = feeds.last_seq + excluded.last_seq
            returning owner_id, last_seq
          ),
          written as (
            insert into changes (owner_id, seq, entity, entity_id, kind, at)
            select
              owner_id,
              last_seq - count(*) over (partition by owner_id) + row_number() over (partition by owner_id order by place),
              entity, entity_id, kind, clock_timestamp()
            from entry join raised using (owner_id)
          )
          select owner_id, last_seq from raised
        `.compile(sqlOf<FeedTables>(em)),
    }),
    {
      owners: changes.map(change => change.ownerId),
      names: changes.map(change => change.name),
      ids: changes.map(change => change.entityId),
      kinds: changes.map(change => change.kind),
    },
  );
  return ends.map(end => ({ ownerId: end.owner_id, seq: Number(end.last_seq) }));
}

const changeColumns = [
  sql<string>`seq`.as('seq'),
  sql<string>`entity`.as('name'),
  sql<string>`entity_id`.as('entityId'),
  sql<ChangeKind>`kind`.as('kind'),
  sql<string>`(extract(epoch from at) * 1000)::bigint`.as('at'),
] as const;

const toChange = (row: { seq: string; name: string; entityId: string; kind: ChangeKind; at: string }): ChangeRow => ({
  ...row,
  seq: Number(row.seq),
  at: Number(row.at),
});

/**
 * The owner's changes behind a position, oldest first. Throws CURSOR_EXPIRED where the change at the position is no
 * longer there (it was removed after its 30 days), or is another one (the database was restored from a backup).
 */
export async function readChanges(
  em: EntityManager,
  ownerId: string,
  after: FeedPosition,
  limit: number,
): Promise<ChangeRow[]> {
  const db = sqlOf<FeedTables>(em);
  const rows = await runStatement(
    db,
    'read changes',
    () =>
      db
        .selectFrom('changes')
        .select(changeColumns)
        .where('owner_id', '=', slot<string>('ownerId'))
        .where('seq', '>=', slot<string>('seq'))
        .orderBy('seq')
        .limit(slot<number>('limit')),
    { ownerId, seq: after.seq, limit: limit + 1 },
  );
  const changes = rows.map(toChange);
  if (after.seq === 0) {
    if (changes[0] && changes[0].seq !== 1) throw cursorExpired();
    return changes.slice(0, limit);
  }
  const [anchor, ...behind] = changes;
  if (anchor?.seq !== after.seq || anchor.at !== after.at) throw cursorExpired();
  return behind;
}

const cursorExpired = () =>
  new ApiError(
    'CURSOR_EXPIRED',
    'The changes after this cursor are no longer kept: read the lists anew, then begin without a cursor.',
  );

/** Where the owner's feed ends now. */
export async function readFeedEnd(em: EntityManager, ownerId: string): Promise<FeedPosition> {
  const db = sqlOf<FeedTables>(em);
  const [last] = await runStatement(
    db,
    'read feed end',
    () =>
      db
        .selectFrom('changes')
        .select(changeColumns)
        .where('owner_id', '=', slot<string>('ownerId'))
        .orderBy('seq', 'desc')
        .limit(1),
    { ownerId },
  );
  return last ? toChange(last) : { seq: 0, at: 0 };
}

/** How far the feeds of these owners reach: one query for all. */
export async function readFeedEnds(em: EntityManager, ownerIds: readonly string[]): Promise<FeedEnd[]> {
  const db = sqlOf<FeedTables>(em);
  const rows = await runStatement(
    db,
    'read feed ends',
    () =>
      db
        .selectFrom('feeds')
        .select(['owner_id', 'last_seq'])
        .where('owner_id', '=', sql<string>`any(${slot('ownerIds')}::uuid[])`),
    { ownerIds },
  );
  return rows.map(row => ({ ownerId: row.owner_id, seq: Number(row.last_seq) }));
}
