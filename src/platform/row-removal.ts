import { type RawBuilder, sql } from 'kysely';
import { type EntityManager, sqlOf } from './database.ts';

const ROWS_AT_ONCE = 1_000;

export interface RowRemoval {
  readonly table: string;
  readonly condition: RawBuilder<unknown>;
  /** A column, least first: where its index is what finds the rows. Otherwise in no order. */
  readonly orderBy?: string;
  /** Looked at before each piece. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Removes the rows of a table for which the condition holds, past any unit of work: no feed tells of them. In pieces, so
 * that no statement grows with what there is; outside of a transaction each piece is one of its own. A row that somebody
 * else is just changing is left alone, so that nobody waits and any number may do this at once. Answers with how many there
 * were.
 */
export async function removeRows(
  em: EntityManager,
  { table, condition, orderBy, signal }: RowRemoval,
): Promise<number> {
  const order = orderBy === undefined ? sql`` : sql`order by ${sql.ref(orderBy)}`;
  for (let removed = 0; ; ) {
    signal?.throwIfAborted();
    // Locked before it is named by its place, which another transaction's change would move it away from.
    const { rows } = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select ctid from ${sql.table(table)} where ${condition} ${order} limit ${ROWS_AT_ONCE} for update skip locked
      ))
      returning 1
    `.execute(sqlOf(em));
    removed += rows.length;
    if (rows.length === 0) return removed;
  }
}
