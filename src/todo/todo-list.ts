import type { Plan } from '../identity/user.entity.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { runStatement, slot } from '../platform/statement.ts';

/** How many open todos each plan allows. */
export type TodoLimits = Readonly<Record<Plan, number>>;

interface Tables {
  todo_lists: { owner_id: string; open_count: number; last_position: string | null };
  users: { id: string; plan: Plan; plan_expires_at: string | null; time_zone: string };
}

/** A person's todos as a whole. */
export interface TodoList {
  readonly openCount: number;
  /** No todo stands behind it; null where there never was one. */
  readonly lastPosition: string | null;
  readonly plan: Plan;
  /** Its owner's, by its IANA name. */
  readonly timeZone: string;
}

/** Locks the list until the commit: whoever adds to it or moves in it does so one after the other. */
export async function lockTodoList(em: EntityManager, ownerId: string, now: Date): Promise<TodoList> {
  const db = sqlOf<Tables>(em);
  const [row] = await runStatement(
    db,
    'lock todo list',
    () =>
      db
        .selectFrom('todo_lists')
        .innerJoin('users', 'users.id', 'todo_lists.owner_id')
        .select(['open_count', 'last_position', 'plan', 'plan_expires_at', 'time_zone'])
        .where('owner_id', '=', slot<string>('ownerId'))
        .forUpdate('todo_lists'),
    { ownerId },
  );
  if (!row) throw new Error(`The account ${ownerId} has no list of todos.`);
  const isPaid = row.plan_expires_at === null || new Date(row.plan_expires_at) > now;
  return {
    openCount: row.open_count,
    lastPosition: row.last_position,
    plan: isPaid ? row.plan : 'FREE',
    timeZone: row.time_zone,
  };
}

/** Whether the plan has room for so many more open todos. The list has to be locked. */
export const hasRoom = ({ openCount, plan }: TodoList, limits: TodoLimits, more: number): boolean =>
  openCount + more <= limits[plan];

/** Throws LIMIT_REACHED where the plan has no room for so many more open todos. The list has to be locked. */
export function checkRoom(list: TodoList, limits: TodoLimits, more: number): void {
  if (!hasRoom(list, limits, more)) throw new UserInputError([noRoom(list, limits)]);
}

/** What a person is told where there is none. */
export const noRoom = ({ plan }: TodoList, limits: TodoLimits): UserErrorDetail => ({
  code: 'LIMIT_REACHED',
  path: [],
  message: `The plan ${plan} has room for ${limits[plan].toLocaleString('en')} open todos: complete or throw away some of them first.`,
});
