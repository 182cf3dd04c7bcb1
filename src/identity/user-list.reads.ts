import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { ApiError } from '../platform/errors.ts';
import { type Condition, filtered, given, shapeOf, valuesOf } from '../platform/filter.ts';
import {
  type ConnectionSource,
  type EdgeSource,
  notBeyond,
  type Page,
  type PageRequest,
  pageShape,
  pageValues,
  type SortOrder,
  selectPage,
  toPage,
} from '../platform/page.ts';
import { selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement, slot } from '../platform/statement.ts';
import { lengthOf } from '../platform/text.ts';
import { USER_COLUMNS, type UserProperty, type UserRow } from './identity.reads.ts';
import { EMAIL_MAX_LENGTH, type Role } from './user.entity.ts';

export interface UserFilter {
  readonly search?: string | null | undefined;
  readonly role?: Role | null | undefined;
  readonly isActive?: boolean | null | undefined;
  readonly deleted?: boolean | null | undefined;
}

export type ListedUser = UserRow & { sortKey: string };
export type UserConnectionSource = ConnectionSource<ListedUser>;
export type UserEdgeSource = EdgeSource<ListedUser>;

/** The one order in which accounts are listed. */
export const NEWEST_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'DESC',
  id: sql`users.id`,
  ...timestampKey(sql`users.created_at`),
};

export interface UserList {
  readonly conditions: readonly Condition[];
  readonly page: PageRequest;
  readonly properties: ReadonlySet<UserProperty>;
}

interface Tables {
  users: { id: string };
}

/** As the index users_search_idx has it. */
const SEARCHED = sql`lower((users.email || E'\n' || users.username || E'\n' || coalesce(users.full_name, '')) collate "und-x-icu")`;
const SOUGHT = sql`lower(${slot('search')}::text collate "und-x-icu")`;
/** Without three of these in a row the index has nothing to go by: asked all the same, it would be read as a whole. */
const INDEXED = /[a-z0-9]{3}/i;

/** What the filter asks for. Throws BAD_REQUEST. */
export function conditionsOf({ search, role, isActive, deleted }: UserFilter): Condition[] {
  const conditions: Condition[] = [
    deleted
      ? { name: 'closed', sql: sql`users.deleted_at is not null` }
      : { name: 'open', sql: sql`users.deleted_at is null` },
  ];
  // Written out, not bound: what is the same in every plan can use an index of those alone.
  if (given(role)) conditions.push({ name: role, sql: sql`users.role = ${sql.lit(role)}` });
  if (given(isActive))
    conditions.push({ name: `active ${isActive}`, sql: isActive ? sql`users.is_active` : sql`not users.is_active` });
  if (given(search) && search.trim() !== '') conditions.push(searchFor(search.trim()));
  return conditions;
}

function searchFor(text: string): Condition {
  if (lengthOf(text) > EMAIL_MAX_LENGTH)
    throw new ApiError('BAD_REQUEST', `filter.search has at most ${EMAIL_MAX_LENGTH} characters.`);
  return INDEXED.test(text)
    ? {
        name: 'like',
        sql: sql`${SEARCHED} like ${SOUGHT}`,
        values: { search: `%${text.replace(/[\\%_]/g, '\\$&')}%` },
      }
    : { name: 'contains', sql: sql`strpos(${SEARCHED}, ${SOUGHT}) > 0`, values: { search: text } };
}

/** A page of all accounts that the conditions leave, whosever they are: for admins alone. */
export async function readUserPage(
  em: EntityManager,
  { conditions, page, properties }: UserList,
): Promise<Page<ListedUser>> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    `list users ${[...properties].sort()} / ${shapeOf(conditions)} / ${pageShape(NEWEST_FIRST, page)}`,
    () =>
      selectPage(
        filtered(db.selectFrom('users'), conditions).select(selectProperties(USER_COLUMNS, properties)),
        NEWEST_FIRST,
        page,
      ),
    { ...valuesOf(conditions), ...pageValues(page) },
  );
  return toPage(rows as ListedUser[], page);
}

/** How many accounts the conditions leave. */
export async function countUsers(em: EntityManager, conditions: readonly Condition[]): Promise<number> {
  const db = sqlOf<Tables>(em);
  const [row] = await runStatement(
    db,
    `count users ${shapeOf(conditions)}`,
    () => filtered(db.selectFrom('users'), conditions).select(sql<string>`count(*)`.as('count')),
    valuesOf(conditions),
  );
  return Number(row?.count ?? 0);
}

/** Whether the list has accounts beyond the page's `after` or `before`. */
export async function hasUsersOutside(
  em: EntityManager,
  { conditions, page }: Pick<UserList, 'conditions' | 'page'>,
  side: 'after' | 'before',
): Promise<boolean> {
  const db = sqlOf<Tables>(em);
  // The nearest one is found by the list's own index.
  const nearest = side === 'after' ? sql`asc` : sql`desc`;
  const rows = await runStatement(
    db,
    `users outside ${side} ${shapeOf(conditions)} / ${pageShape(NEWEST_FIRST, page)}`,
    () =>
      filtered(db.selectFrom('users'), conditions)
        .select('users.id')
        .where(notBeyond(NEWEST_FIRST, side))
        .orderBy(sql`users.created_at ${nearest}, users.id ${nearest}`)
        .limit(1),
    { ...valuesOf(conditions), ...pageValues(page) },
  );
  return rows.length > 0;
}
