import { newId } from '../../src/platform/ids.ts';
import type { TestDatabase } from './database.ts';

/** A row of the table of todos; what is left out is as in a new todo. */
export interface TodoRow {
  id: string;
  owner_id: string;
  title: string;
  description: string | null;
  completed_at: string | null;
  due_at: string | null;
  priority: string;
  tags: readonly string[];
  position: string;
  /** What it is found by; nothing unless told. */
  search: string;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

const NEW_TODO: Omit<TodoRow, 'id' | 'owner_id'> = {
  title: 'Something to do',
  description: null,
  completed_at: null,
  due_at: null,
  priority: 'NONE',
  tags: [],
  position: 'a0',
  search: '',
  version: 1,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  deleted_at: null,
};

type GivenTodo = Partial<TodoRow> & Pick<TodoRow, 'owner_id'>;

/** Writes todos past the server: many at once, with any times. No feed tells of them. Answers with their ids. */
export async function insertTodos(database: TestDatabase, todos: readonly GivenTodo[]): Promise<string[]> {
  const rows = todos.map(todo => ({ id: newId(), ...NEW_TODO, ...todo }));
  await database.query('insert into todos select * from jsonb_populate_recordset(null::todos, $1::jsonb)', [
    JSON.stringify(rows),
  ]);
  return rows.map(row => row.id);
}

/** Writes accounts past the server, which nobody can log in to. Answers with their ids. */
export async function insertUsers(database: TestDatabase, names: readonly string[]): Promise<string[]> {
  const ids = names.map(newId);
  await database.query(
    `insert into users (id, email, username) select id, name || '@example.com', name from unnest($1::uuid[], $2::text[]) as one (id, name)`,
    [ids, names],
  );
  return ids;
}
