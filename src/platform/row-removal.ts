import { type RawBuilder, sql } from 'kysely';
import { type EntityManager, sqlOf } from './database.ts';

const ROWS_AT_ONCE = 5_000;

/**
 * Removes the rows of a table for which this holds, past any unit of work: no feed tells of them. In pieces, so that no
 * statement grows with what somebody has. Answers with how many there were.
 */
export async function removeRows(em: EntityManager, table: string, condition: RawBuilder<unknown>): Promise<number> {
  for (let removed = 0; ; ) {
    const { rows } = await sql`
      delete from ${sql.table(table)} where ctid = any (array(
        select ctid from ${sql.table(table)} where ${condition} limit ${ROWS_AT_ONCE}
      ))
      returning 1
    `.execute(sqlOf(em));
    removed += rows.length;
    if (rows.length < ROWS_AT_ONCE) return removed;
  }
}
