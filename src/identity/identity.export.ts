import { sql } from 'kysely';
import { rowsOf } from '../platform/cursor-rows.ts';
import type { EntityManager } from '../platform/database.ts';
import type { ExportSection } from '../platform/export/json-export.ts';
import { toGlobalId } from '../platform/ids.ts';
import { instantText } from '../platform/instant.ts';
import { readUsers, USER_PROPERTIES } from './identity.reads.ts';

/** What is kept of a person, without the hash of the password and without tokens. Closed accounts too. */
export const identityExport: readonly ExportSection[] = [
  { name: 'profile', one: readProfile },
  { name: 'sessions', many: readSessionPages },
  { name: 'securityEvents', many: readEventPages },
];

async function readProfile(em: EntityManager, userId: string): Promise<object> {
  const [user] = await readUsers(em, [userId], USER_PROPERTIES, { closedToo: true });
  if (!user) throw new Error(`The account ${userId} is gone.`);
  return {
    ...user,
    id: toGlobalId('user', user.id),
    emailVerifiedAt: textOf(user.emailVerifiedAt),
    planExpiresAt: textOf(user.planExpiresAt),
    createdAt: instantText(user.createdAt),
    updatedAt: instantText(user.updatedAt),
    deletedAt: textOf(user.deletedAt),
  };
}

interface SessionRow {
  id: string;
  userAgent: string | null;
  ipAddress: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  endedAt: string | null;
  endReason: string | null;
}

/** Those that are over too, oldest first. */
async function* readSessionPages(em: EntityManager, userId: string) {
  const sessions = sql<SessionRow>`
    select id, user_agent as "userAgent", ip_address as "ipAddress", created_at as "createdAt",
      last_used_at as "lastUsedAt", expires_at as "expiresAt", ended_at as "endedAt", end_reason as "endReason"
    from sessions where user_id = ${userId} order by created_at, id`;
  for await (const rows of rowsOf(em, 'exported_sessions', sessions))
    yield rows.map(row => ({
      ...row,
      id: toGlobalId('session', row.id),
      createdAt: instantText(row.createdAt),
      lastUsedAt: instantText(row.lastUsedAt),
      expiresAt: instantText(row.expiresAt),
      endedAt: textOf(row.endedAt),
    }));
}

interface EventRow {
  kind: string;
  at: string;
  ipAddress: string | null;
  userAgent: string | null;
  byAdmin: boolean;
}

/** Oldest first. Where an admin worked is theirs, and not the person's. */
async function* readEventPages(em: EntityManager, userId: string) {
  const events = sql<EventRow>`
    select kind, at, by_admin as "byAdmin",
      case when not by_admin then ip_address end as "ipAddress", case when not by_admin then user_agent end as "userAgent"
    from security_events where user_id = ${userId} order by at, id`;
  for await (const rows of rowsOf(em, 'exported_events', events))
    yield rows.map(row => ({ ...row, at: instantText(row.at) }));
}

const textOf = (time: unknown): string | null => (time === null || time === undefined ? null : instantText(time));
