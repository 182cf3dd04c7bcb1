import { type AliasedRawBuilder, type Kysely, sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Session } from './session.entity.ts';
import type { User } from './user.entity.ts';

interface IdentityTables {
  users: { id: string; deleted_at: string | null };
  sessions: { id: string; user_id: string; ended_at: string | null; expires_at: string; last_used_at: string };
}

export const USER_COLUMNS = {
  id: 'users.id',
  email: 'users.email',
  username: 'users.username',
  fullName: 'users.full_name',
  role: 'users.role',
  isActive: 'users.is_active',
  emailVerifiedAt: 'users.email_verified_at',
  plan: 'users.plan',
  planExpiresAt: 'users.plan_expires_at',
  timeZone: 'users.time_zone',
  createdAt: 'users.created_at',
  updatedAt: 'users.updated_at',
  deletedAt: 'users.deleted_at',
} as const;
export type UserProperty = keyof typeof USER_COLUMNS;
export type UserRow = RowOf<User, UserProperty>;
/** A user as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type UserSource = UserRow | User;
export const USER_PROPERTIES = new Set(Object.keys(USER_COLUMNS) as UserProperty[]);

/** The properties that these fields of the API's User are made of. */
export const userPropertiesFor = (fields: ReadonlySet<string>): ReadonlySet<UserProperty> =>
  new Set([...USER_PROPERTIES].filter(property => property === 'id' || fields.has(property)));

const joined = (property: UserProperty) => `users.${property}`;

/** A user's columns beside those of another table; `joinedUser` finds them again in the row. */
export const userColumns = (properties: ReadonlySet<UserProperty>): AliasedRawBuilder<unknown, string>[] =>
  [...properties].map(property => sql.ref(USER_COLUMNS[property]).as(joined(property)));

export const joinedUser = (row: object, properties: ReadonlySet<UserProperty>): UserRow => {
  const columns = row as Record<string, unknown>;
  return Object.fromEntries([...properties].map(property => [property, columns[joined(property)]])) as UserRow;
};

/** Accounts that are not closed, unless those are asked for too. Who may see them is the caller's to ask. */
export async function readUsers(
  em: EntityManager,
  ids: readonly string[],
  properties: ReadonlySet<UserProperty>,
  { closedToo = false } = {},
): Promise<UserRow[]> {
  const db: Kysely<IdentityTables> = sqlOf<IdentityTables>(em);
  const columns = new Set<UserProperty>(['id', ...properties]);
  const rows = await runStatement(
    db,
    `${closedToo ? 'all users' : 'users'} ${[...columns].sort()}`,
    () =>
      db
        .selectFrom('users')
        .select(selectProperties(USER_COLUMNS, columns))
        .where('id', '=', sql<string>`any(${slot('ids')}::uuid[])`)
        .$if(!closedToo, users => users.where('deleted_at', 'is', null)),
    { ids },
  );
  return rows as UserRow[];
}

/** The time zone of an account, by its IANA name. */
export async function readTimeZoneOf(em: EntityManager, userId: string): Promise<string> {
  const [user] = await readUsers(em, [userId], new Set<UserProperty>(['timeZone']), { closedToo: true });
  if (!user) throw new Error(`There is no account ${userId}.`);
  return user.timeZone;
}

const SESSION_COLUMNS = {
  id: 'sessions.id',
  userId: 'sessions.user_id',
  userAgent: 'sessions.user_agent',
  ipAddress: 'sessions.ip_address',
  createdAt: 'sessions.created_at',
  lastUsedAt: 'sessions.last_used_at',
  expiresAt: 'sessions.expires_at',
} as const;
type SessionProperty = keyof typeof SESSION_COLUMNS;
export type SessionRow = RowOf<Session & { userId: string }, SessionProperty>;

/** The sessions of these users that are not over, the one used last first. */
export async function readSessions(
  em: EntityManager,
  by: 'id' | 'user_id',
  ids: readonly string[],
  now: Date,
): Promise<SessionRow[]> {
  const db = sqlOf<IdentityTables>(em);
  const rows = await runStatement(
    db,
    `sessions by ${by}`,
    () =>
      db
        .selectFrom('sessions')
        .select(selectProperties(SESSION_COLUMNS, Object.keys(SESSION_COLUMNS) as SessionProperty[]))
        .where(by, '=', sql<string>`any(${slot('ids')}::uuid[])`)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', slot<string>('now'))
        .orderBy('last_used_at', 'desc')
        .orderBy('id', 'desc'),
    { ids, now },
  );
  return rows as SessionRow[];
}
