import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, sqlOf } from '../platform/database.ts';
import type { Logger } from '../platform/logger.ts';
import type { ProviderCalls } from './provider-calls.ts';

/** How often it is looked which are due. */
export const INQUIRIES_EVERY_MS = 2_000;
/** Whoever takes a payment up has it for so long; then it is due again. */
const LEASE_MS = 120_000;
const ASKED_AT_ONCE = 10;

export interface DueInquiryOptions {
  readonly calls: ProviderCalls;
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Asks about every payment of which something is to be heard, several at a time. Any number of processes may do it at once.
 * Answers with how many were due.
 */
export async function askDue({ calls, logger, ...where }: DueInquiryOptions, signal: AbortSignal): Promise<number> {
  for (let asked = 0; ; ) {
    signal.throwIfAborted();
    const due = await takeDue(where);
    const asking = due.map(id =>
      calls.ask(id).catch((error: unknown) => {
        logger.error({ err: error, paymentId: id }, 'a payment was not asked about; it is tried again');
      }),
    );
    await Promise.all(asking);
    asked += due.length;
    if (due.length < ASKED_AT_ONCE) return asked;
  }
}

async function takeDue({ database, clock }: Pick<DueInquiryOptions, 'database' | 'clock'>): Promise<string[]> {
  const now = clock();
  const { rows } = await sql<{ id: string }>`
    update payments set next_inquiry_at = ${new Date(now.getTime() + LEASE_MS)}
    where id in (
      select id from payments where next_inquiry_at <= ${now} order by next_inquiry_at
      limit ${ASKED_AT_ONCE} for no key update skip locked
    ) returning id
  `.execute(sqlOf(forkFor(database, null)));
  return rows.map(({ id }) => id);
}
