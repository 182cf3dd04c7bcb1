import { type RawBuilder, sql } from 'kysely';
import { type EntityManager, sqlOf } from './database.ts';

const PAGE_SIZE = 100;

/**
 * All rows of a query in pages of 100, by a cursor of PostgreSQL's: sorted once, and never all in memory here. `em` has to
 * be in a transaction, and no other such reading of it under the same name may be under way.
 */
export async function* rowsOf<Row>(
  em: EntityManager,
  name: string,
  query: RawBuilder<Row>,
): AsyncGenerator<readonly Row[], void, void> {
  const db = sqlOf<object>(em);
  const cursor = sql.id(name);
  await sql`declare ${cursor} no scroll cursor for ${query}`.execute(db);
  for (;;) {
    const { rows } = await sql<Row>`fetch ${sql.lit(PAGE_SIZE)} from ${cursor}`.execute(db);
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_SIZE) break;
  }
  await sql`close ${cursor}`.execute(db);
}
