import type { EntityManager } from '../platform/database.ts';
import type { ExportSection } from '../platform/export/json-export.ts';
import { toGlobalId } from '../platform/ids.ts';
import { instantText } from '../platform/instant.ts';
import type { TodoRow } from './todo.reads.ts';
import { readAllTodos } from './todo-export.reads.ts';

/** In the owner's own order, what is in the trash behind the others. An import reads them again: todo-import.records.ts. */
export const todoExport: readonly ExportSection[] = [{ name: 'todos', many: readTodoPages }];

async function* readTodoPages(em: EntityManager, ownerId: string) {
  for await (const rows of readAllTodos(em, ownerId, { trash: true })) yield rows.map(exported);
}

const TIMES = ['completedAt', 'dueAt', 'remindAt', 'createdAt', 'updatedAt', 'deletedAt'] as const;

function exported({ ownerId: _owner, ownerRow: _row, ...todo }: TodoRow): object {
  const times = TIMES.map(name => [name, todo[name] === null ? null : instantText(todo[name])] as const);
  return { ...todo, ...Object.fromEntries(times), id: toGlobalId('todo', todo.id) };
}
