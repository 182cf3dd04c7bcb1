import { sql } from 'kysely';
import { ApiError } from '../platform/errors.ts';
import { type Condition, given } from '../platform/filter.ts';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { slot } from '../platform/statement.ts';
import { lengthOf } from '../platform/text.ts';
import type { WholeList } from '../platform/whole-list.ts';
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
const NEWEST_FIRST: SortOrder = {
  name: 'CREATED_AT',
  direction: 'DESC',
  id: sql`users.id`,
  ...timestampKey(sql`users.created_at`),
};

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

/** Everybody's accounts, with these properties of them. */
export const userList = (properties: ReadonlySet<UserProperty>): WholeList => ({
  name: `users ${[...properties].sort()}`,
  table: 'users',
  columns: selectProperties(USER_COLUMNS, properties),
  order: NEWEST_FIRST,
});
