import { sql } from 'kysely';
import type { OwnedList } from '../platform/owned-list.ts';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
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
const NEWEST_EVENTS_FIRST: SortOrder = {
  name: 'AT',
  direction: 'DESC',
  id: sql`security_events.id`,
  ...timestampKey(sql`security_events.at`),
};

const columns = selectProperties(COLUMNS, Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]);

/** What happened to an account. */
export const SECURITY_EVENTS: OwnedList = {
  name: 'security events',
  table: 'security_events',
  owner: 'security_events.user_id',
  order: NEWEST_EVENTS_FIRST,
  shown: { name: '', select: rows => rows.select(columns) },
  conditions: () => [],
};
