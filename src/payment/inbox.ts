import { sql } from 'kysely';
import { forkFor, type Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type Database, type EntityManager, sqlOf } from '../platform/database.ts';
import { defineJob, NO_DATA } from '../platform/jobs/job.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Logger } from '../platform/logger.ts';
import { removeRows } from '../platform/row-removal.ts';
import { providerMessage } from './jobs/payment-jobs.ts';
import { insertMessage, type KeptMessage, type MessageStatus, markMessage, readMessage } from './kept-message.ts';
import type { Learning } from './learning.ts';
import type { PaymentMetrics } from './payment-metrics.ts';
import type { ProviderCalls } from './provider-calls.ts';
import type { Adapters } from './providers/adapters.ts';
import {
  type PaymentAdapter,
  type PaymentLocator,
  type ProviderMessage,
  type ProviderName,
  RefusedError,
  UnknownOutcomeError,
} from './providers/provider.ts';

export interface InboxOptions {
  readonly adapters: Adapters;
  readonly learning: Learning;
  readonly calls: ProviderCalls;
  readonly database: Database;
  readonly transact: Transact;
  readonly jobs: Jobs;
  readonly metrics: PaymentMetrics;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A message about a payment that is not known (yet) is looked at again so often, ever more seldom, over about four hours. */
const UNMATCHED_TRIES = 10;
const UNMATCHED_FIRST_MS = 30_000;
const KEPT_DAYS = 90;
/** Hints can come from anybody: they make nobody ask more often. */
const HINT_PAUSE = sql`interval '10 seconds'`;
const DAY_MS = 86_400_000;

/** Removes messages that were done, or could not be, 90 days after they came. */
export const messageRetention = defineJob({ name: 'message-retention', data: NO_DATA, schedule: '40 4 * * *' });

/** Messages of providers: each is kept first, once, and then done by a job, as often as it takes. */
export class Inbox {
  readonly #options: InboxOptions;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /**
   * Once it returns, the message will be done, whatever happens to this process. A repeat is kept once; of a message that is
   * not done it is one more try, so that an operator can have it sent again at the provider.
   */
  async keep(provider: ProviderName, message: ProviderMessage): Promise<void> {
    const { transact, clock, jobs, metrics } = this.#options;
    const isNew = await transact(null, async em => {
      const kept = await insertMessage(em, provider, message, clock());
      if (kept) await jobs.enqueue(em, providerMessage, { messageId: kept.id });
      return kept?.isNew ?? false;
    });
    metrics.message(provider, isNew ? 'KEPT' : 'REPEATED');
  }

  /** Done twice it is done once: what a message says is a set of facts. */
  async process(messageId: string): Promise<void> {
    const { adapters, calls, database } = this.#options;
    const message = await readMessage(forkFor(database, null), messageId);
    if (!message || message.status === 'PROCESSED' || message.status === 'IGNORED') return;
    const adapter = adapters.get(message.provider);
    if (!adapter) return this.#mark(message, 'FAILED', 'Its provider is not set up any more.');
    const askAbout = await this.#learn(message, adapter).catch(async (error: unknown) => {
      // Seen by whoever looks until the job, which is tried again, has done it. Where that cannot be written, the job tells.
      await this.#mark(message, 'FAILED', sentenceOf(error)).catch(() => {});
      throw error;
    });
    if (askAbout) await calls.ask(askAbout);
  }

  /** Answers with the payment that has to be asked about; null where none. */
  async #learn(message: KeptMessage, adapter: PaymentAdapter): Promise<string | null> {
    const { learning, database, transact } = this.#options;
    const reading = await adapter.read(message);
    if (!reading.payment) {
      await this.#mark(message, 'IGNORED');
      return null;
    }
    const paymentId = await findPayment(forkFor(database, null), message.provider, reading.payment);
    if (!paymentId) {
      await this.#unmatched(message);
      return null;
    }
    await transact(null, async em => {
      const payment = await learning.learnIn(em, paymentId, {
        facts: reading.facts,
        source: 'WEBHOOK',
        ...(reading.secondReference ? { secondReference: reading.secondReference } : {}),
      });
      // Should this process die before it has asked, another one does.
      if (reading.ask) payment.nextInquiryAt = this.#options.clock();
      await markMessage(em, message, 'PROCESSED', this.#options.clock(), { paymentId });
    });
    this.#options.metrics.message(message.provider, 'PROCESSED');
    return reading.ask ? paymentId : null;
  }

  /** Our row may be committed a moment later, or the message is about something that is not ours. */
  async #unmatched(message: KeptMessage): Promise<void> {
    const { transact, jobs, clock, logger, metrics } = this.#options;
    const tries = message.attempts + 1;
    const last = tries >= UNMATCHED_TRIES;
    await transact(null, async em => {
      await markMessage(em, message, 'UNMATCHED', clock(), { attempts: tries });
      const notBefore = new Date(clock().getTime() + UNMATCHED_FIRST_MS * 2 ** (tries - 1));
      if (!last) await jobs.enqueue(em, providerMessage, { messageId: message.id }, { notBefore });
    });
    metrics.message(message.provider, 'UNMATCHED');
    if (last)
      logger.error(
        { messageId: message.id, provider: message.provider },
        'a message is about no payment that is known',
      );
  }

  async #mark(message: KeptMessage, status: MessageStatus, error?: string): Promise<void> {
    const em = forkFor(this.#options.database, null);
    await markMessage(em, message, status, this.#options.clock(), { error });
    this.#options.metrics.message(message.provider, status === 'IGNORED' ? 'IGNORED' : 'FAILED');
  }

  /** Anybody may say so: nothing follows from it but that the provider is asked. Answers with the payment's id. */
  async hint(provider: ProviderName, locator: PaymentLocator): Promise<string | null> {
    const em = forkFor(this.#options.database, null);
    const paymentId = await findPayment(em, provider, locator);
    if (paymentId) await askAtOnce(em, paymentId, this.#options.clock());
    return paymentId;
  }

  /** Keeps messages that never arrived, where their provider still has them. One that cannot tell now is asked the next time. */
  async collectUndelivered(): Promise<void> {
    for (const [provider, adapter] of this.#options.adapters) {
      try {
        for (const message of (await adapter.undelivered?.()) ?? []) await this.keep(provider, message);
      } catch (error) {
        this.#options.logger.error(
          { err: error, provider },
          'a payment provider did not tell which messages are missing',
        );
      }
    }
  }

  async removeOld(): Promise<void> {
    const before = new Date(this.#options.clock().getTime() - KEPT_DAYS * DAY_MS);
    await removeRows(forkFor(this.#options.database, null), {
      table: 'provider_messages',
      condition: sql`received_at < ${before}`,
      orderBy: 'received_at',
    });
  }
}

/** For an admin: what an adapter says of itself has no secrets and no personal data; of anything else only the log tells. */
const sentenceOf = (error: unknown): string =>
  error instanceof UnknownOutcomeError || error instanceof RefusedError
    ? error.message
    : 'Something unforeseen: the log has it.';

/** The payment that a provider means: by our id, our reference, or one of its own. */
async function findPayment(em: EntityManager, provider: ProviderName, locator: PaymentLocator): Promise<string | null> {
  const { id = null, reference = null, providerReference = null, secondReference = null } = locator;
  const { rows } = await sql<{ id: string }>`
    select id from payments where provider = ${provider} and (
      id = ${id}::uuid or reference = ${reference} or provider_reference = ${providerReference}
      or second_reference = ${secondReference}
    ) limit 1
  `.execute(sqlOf(em));
  return rows[0]?.id ?? null;
}

async function askAtOnce(em: EntityManager, paymentId: string, now: Date): Promise<void> {
  await sql`
    update payments set next_inquiry_at = greatest(${now}, asked_at + ${HINT_PAUSE})
    where id = ${paymentId} and status <> 'REVERSED' and (next_inquiry_at is null or next_inquiry_at > ${now})
  `.execute(sqlOf(em));
}
