import { type Kysely, sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
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
import { oneOfEach, pageOfEach, parentsWith } from '../platform/parents.ts';
import { selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import { runStatement } from '../platform/statement.ts';
import type { SecurityEventKind } from './security-log.ts';

const COLUMNS = {
  id: 'security_events.id',
  userId: 'security_events.user_id',
  kind: 'security_events.kind',
  at: 'security_events.at',
  ipAddress: 'security_events.ip_address',
  userAgent: 'security_events.user_agent',
  byAdmin: 'security_events.by_admin',
} as const;

export interface SecurityEventRow {
  readonly id: string;
  readonly userId: string;
  readonly kind: SecurityEventKind;
  readonly at: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly byAdmin: boolean;
  readonly sortKey: string;
}
export type SecurityEventConnectionSource = ConnectionSource<SecurityEventRow>;
export type SecurityEventEdgeSource = EdgeSource<SecurityEventRow>;

/** The one order of events; as the index security_events_user_id_idx has it. */
export const NEWEST_EVENTS_FIRST: SortOrder = {
  name: 'AT',
  direction: 'DESC',
  id: sql`security_events.id`,
  ...timestampKey(sql`security_events.at`),
};

interface Tables {
  security_events: { id: string; user_id: string };
  parent: { id: string };
}

/** The one way to start a read of events: those of the parent. Who may see them is the caller's to ask. */
const eventsOfParent = (db: Kysely<Tables>) =>
  db.selectFrom('security_events').where('security_events.user_id', '=', sql.ref<string>('parent.id'));

/** The same page of each account's events, in one query. Every account has an entry. */
export async function readSecurityEventPages(
  em: EntityManager,
  userIds: readonly string[],
  page: PageRequest,
): Promise<{ userId: string; page: Page<SecurityEventRow> }[]> {
  const db = sqlOf<Tables>(em);
  const columns = selectProperties(COLUMNS, Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]);
  const rows = await runStatement(
    db,
    `security events ${pageShape(NEWEST_EVENTS_FIRST, page)}`,
    () => ({
      compile: () =>
        pageOfEach<SecurityEventRow>(selectPage(eventsOfParent(db).select(columns), NEWEST_EVENTS_FIRST, page)).compile(
          db,
        ),
    }),
    { parentIds: userIds, ...pageValues(page) },
  );
  const byUser = Map.groupBy(rows, row => row.userId);
  return userIds.map(userId => ({ userId, page: toPage(byUser.get(userId) ?? [], page) }));
}

/** How many events each account has. */
export async function countSecurityEvents(em: EntityManager, userIds: readonly string[]) {
  const db = sqlOf<Tables>(em);
  const count = eventsOfParent(db).select(sql<string>`count(*)`.as('count'));
  const rows = await runStatement(
    db,
    'count security events',
    () => ({ compile: () => oneOfEach<{ count: string }>(count).compile(db) }),
    { parentIds: userIds },
  );
  return rows.map(row => ({ userId: row.parentId, count: Number(row.count) }));
}

/** Which of the accounts have events beyond the page's `after` or `before`. */
export async function usersWithEventsOutside(
  em: EntityManager,
  userIds: readonly string[],
  page: PageRequest,
  side: 'after' | 'before',
) {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    `security events outside ${side} ${pageShape(NEWEST_EVENTS_FIRST, page)}`,
    () => ({
      compile: () =>
        parentsWith(
          eventsOfParent(db).select('security_events.id').where(notBeyond(NEWEST_EVENTS_FIRST, side)),
        ).compile(db),
    }),
    { parentIds: userIds, ...pageValues(page) },
  );
  return rows.map(row => ({ userId: row.parentId }));
}
