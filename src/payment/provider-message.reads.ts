import { sql } from 'kysely';
import type { ConnectionSource, EdgeSource, SortOrder } from '../platform/page.ts';
import { selectProperties } from '../platform/row.ts';
import { timestampKey } from '../platform/sort-key.ts';
import type { WholeList } from '../platform/whole-list.ts';
import type { ProviderName } from './providers/provider.ts';

/** What it says is left out: it is the provider's, and of no use to a person. */
const COLUMNS = {
  id: 'provider_messages.id',
  provider: 'provider_messages.provider',
  type: 'provider_messages.type',
  status: 'provider_messages.status',
  paymentId: 'provider_messages.payment_id',
  attempts: 'provider_messages.attempts',
  lastError: 'provider_messages.last_error',
  receivedAt: 'provider_messages.received_at',
} as const;

export interface ProviderMessageRow {
  readonly id: string;
  readonly provider: ProviderName;
  readonly type: string;
  readonly status: 'UNMATCHED' | 'FAILED';
  readonly paymentId: string | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly receivedAt: string;
  readonly sortKey: string;
}
export type ProviderMessageConnectionSource = ConnectionSource<ProviderMessageRow>;
export type ProviderMessageEdgeSource = EdgeSource<ProviderMessageRow>;

/** As the index provider_messages_open_idx has it. */
const LONGEST_WAITING_FIRST: SortOrder = {
  name: 'RECEIVED_AT',
  direction: 'ASC',
  id: sql`provider_messages.id`,
  ...timestampKey(sql`provider_messages.received_at`),
};

/** Messages that were looked at and are not done. */
export const UNDONE_MESSAGES: WholeList = {
  name: 'undone messages',
  table: 'provider_messages',
  condition: { name: 'undone', sql: sql`provider_messages.status in ('UNMATCHED', 'FAILED')` },
  columns: selectProperties(COLUMNS, Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]),
  order: LONGEST_WAITING_FIRST,
};
