import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { newId } from '../platform/ids.ts';
import type { ProviderMessage, ProviderName } from './providers/provider.ts';

const ERROR_MAX_LENGTH = 500;

export type MessageStatus = 'PROCESSED' | 'UNMATCHED' | 'IGNORED' | 'FAILED';

/** A provider's message as it is kept until it is done, and for a while behind that. */
export interface KeptMessage extends ProviderMessage {
  readonly id: string;
  readonly provider: ProviderName;
  readonly status: string;
  readonly attempts: number;
}

/** Null where it is a repeat of one that is done, or on its way to be; otherwise it has to be done. */
export async function insertMessage(
  em: EntityManager,
  provider: ProviderName,
  { key, type, payload }: ProviderMessage,
  now: Date,
): Promise<{ id: string; isNew: boolean } | null> {
  const { rows } = await sql<{ id: string; isNew: boolean }>`
    insert into provider_messages as kept (id, provider, key, type, payload, received_at)
    values (${newId()}, ${provider}, ${key}, ${type}, ${JSON.stringify(payload)}::jsonb, ${now})
    on conflict (provider, key) do update set attempts = kept.attempts where kept.status in ('UNMATCHED', 'FAILED')
    returning id, xmax = 0 as "isNew"
  `.execute(sqlOf(em));
  return rows[0] ?? null;
}

export async function readMessage(em: EntityManager, id: string): Promise<KeptMessage | null> {
  const { rows } = await sql<KeptMessage>`
    select id, provider, key, type, payload, status, attempts from provider_messages where id = ${id}
  `.execute(sqlOf(em));
  return rows[0] ?? null;
}

/** What became of it. One that is done stays so. */
export async function markMessage(
  em: EntityManager,
  { id, attempts: before }: KeptMessage,
  status: MessageStatus,
  now: Date,
  {
    paymentId = null,
    attempts = before + 1,
    error,
  }: { paymentId?: string | null; attempts?: number; error?: string | undefined } = {},
): Promise<void> {
  await sql`
    update provider_messages set status = ${status}, attempts = ${attempts}, payment_id = ${paymentId},
      last_error = ${error?.slice(0, ERROR_MAX_LENGTH) ?? null}, processed_at = ${now}
    where id = ${id} and status not in ('PROCESSED', 'IGNORED')
  `.execute(sqlOf(em));
}
