import { sql } from 'kysely';
import { rowsOf } from '../platform/cursor-rows.ts';
import type { EntityManager } from '../platform/database.ts';
import { selectProperties } from '../platform/row.ts';
import { TODO_COLUMNS, TODO_PROPERTIES, type TodoRow } from './todo.reads.ts';

/**
 * All of an owner's todos in their own order, what is in the trash behind the others, in pages. In a snapshot, and once in
 * each.
 */
export const readAllTodos = (em: EntityManager, ownerId: string, { trash }: { trash: boolean }) =>
  rowsOf<TodoRow>(
    em,
    'exported_todos',
    sql<TodoRow>`
      select ${sql.join(selectProperties(TODO_COLUMNS, TODO_PROPERTIES))} from todos
      where owner_id = ${ownerId} ${trash ? sql`` : sql`and deleted_at is null`}
      order by deleted_at is not null, position, id`,
  );
