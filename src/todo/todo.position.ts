import { type EntityManager, sqlOf } from '../platform/database.ts';
import { runStatement, slot } from '../platform/statement.ts';

interface Tables {
  todos: { owner_id: string; position: string; deleted_at: string | null };
}

/** The last place of the owner's own order; null where there are no todos. */
export async function readLastPosition(em: EntityManager, ownerId: string): Promise<string | null> {
  const db = sqlOf<Tables>(em);
  const [last] = await runStatement(
    db,
    'last position',
    () =>
      db
        .selectFrom('todos')
        .select('position')
        .where('owner_id', '=', slot<string>('ownerId'))
        .where('deleted_at', 'is', null)
        .orderBy('position', 'desc')
        .limit(1),
    { ownerId },
  );
  return last?.position ?? null;
}
