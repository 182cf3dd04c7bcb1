import { setTimeout as sleep } from 'node:timers/promises';
import type { UnitOfWork } from '@mikro-orm/core';
import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { type Database, type EntityManager, sqlOf } from '../database.ts';
import type { Logger } from '../logger.ts';
import { Observation } from '../observation.ts';
import type { Signals } from '../signal.ts';
import { currentWork, JobWork } from '../work.ts';
import type { Job, Worker } from './job.ts';
import { openQueue, openQueuePool, type Queue } from './queue.ts';

/** Up: jobs are done here. Down: they will be when the database is back. Off: this process does none. */
export type JobsState = 'up' | 'down' | 'off';

export interface JobsOptions {
  /** Where jobs are kept: a connection that knows sessions, past any transaction pooler. */
  readonly url: string;
  readonly statementTimeoutMs: number;
  /** Unless told, five seconds. */
  readonly connectTimeoutMs?: number;
  /** Off: jobs are enqueued here, and done by another process. */
  readonly working: boolean;
  /** Every job there is: nothing else can be enqueued. */
  readonly workers: readonly Worker[];
  /** Whose transactions enqueue. */
  readonly database: Database;
  readonly signals: Signals;
  readonly logger: Logger;
  /** Is told of each try at a job. Left out: nobody is. */
  readonly observation?: Observation;
}

export interface EnqueueOptions {
  /** By the database's clock; at once where there is none. */
  readonly notBefore?: Date;
}

const TOPIC = 'job';
/** A wake-up is a hint: this finds the jobs of a lost one, those that were to wait, and those of schedules. */
const POLLING_INTERVAL_SECONDS = 2;
const START_RETRY_MIN_MS = 500;
const START_RETRY_MAX_MS = 30_000;
/** To hand jobs back when the patience with them is over, and for connections to end. */
const LAST_WORDS_MS = 2_000;

/**
 * Background jobs, kept in the same PostgreSQL as everything else, so that a job and what it follows from are committed
 * together or not at all. Each is done at least once, by any process that works; see `Job`.
 */
export class Jobs {
  readonly #options: JobsOptions;
  readonly #pool: pg.Pool;
  readonly #observation: Observation;
  readonly #stopping = new AbortController();
  readonly #unlisten: () => void;
  /** The names of jobs whose transaction is not over yet. */
  readonly #pending = new WeakMap<UnitOfWork, Set<string>>();
  #opening: Promise<Queue> | null = null;
  #starting: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  /** Set while jobs are taken. */
  #queue: Queue | null = null;

  /** Opens nothing: the first job that is enqueued does, or `start`. */
  constructor(options: JobsOptions) {
    this.#options = options;
    this.#observation = options.observation ?? new Observation();
    this.#pool = openQueuePool(options);
    this.#unlisten = options.signals.listen(TOPIC, name => this.#wake(name));
    options.database.em.getEventManager().registerSubscriber({
      afterTransactionCommit: ({ uow }) => {
        for (const name of (uow && this.#pending.get(uow)) ?? []) options.signals.publish(TOPIC, name);
        if (uow) this.#pending.delete(uow);
      },
    });
  }

  get state(): JobsState {
    if (!this.#options.working) return 'off';
    return this.#queue?.isUp() ? 'up' : 'down';
  }

  /**
   * Puts a job in by the unit of work's own transaction: it is done after the commit, and never without one; at once where
   * there is no transaction. Throws where the data is not the job's.
   */
  async enqueue<Data extends object>(
    em: EntityManager,
    job: Job<Data>,
    data: Data,
    { notBefore }: EnqueueOptions = {},
  ): Promise<void> {
    job.data.parse(data);
    const { boss } = await this.#open();
    await boss.send(job.name, withCause(data), { db: executorOf(em), ...(notBefore ? { startAfter: notBefore } : {}) });
    if (!em.isInTransaction()) return this.#options.signals.publish(TOPIC, job.name);
    const uow = em.getUnitOfWork();
    this.#pending.set(uow, (this.#pending.get(uow) ?? new Set()).add(job.name));
  }

  /** Begins to do jobs, in the background: where the database is away it is tried again until it is there. */
  start(): void {
    if (this.#options.working) this.#starting ??= this.#start();
  }

  /**
   * Takes no more jobs, and waits so long for those that run. What still runs then is handed back, as a failed attempt,
   * and done anew by another process or at the next start. Jobs can be enqueued until `close`.
   */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#unlisten();
    const stop = async () => {
      await this.#starting;
      const queue = await this.#opening?.catch(() => null);
      await queue?.boss.stop({ timeout: patienceMs });
      this.#queue = null;
    };
    const stopped = stop().catch(error => this.#options.logger.warn({ err: error }, 'the jobs did not stop in order'));
    await Promise.race([stopped, sleep(patienceMs + LAST_WORDS_MS, undefined, { ref: false })]);
  }

  /** Ends the connections, after `stop`. Closing twice is once. */
  async close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    await Promise.race([this.#closing, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  }

  #open(): Promise<Queue> {
    const { workers, working, logger } = this.#options;
    this.#opening ??= openQueue({ pool: this.#pool, jobs: workers.map(({ job }) => job), working, logger }).catch(
      (error: unknown) => {
        this.#opening = null;
        throw error;
      },
    );
    return this.#opening;
  }

  async #start(): Promise<void> {
    const { signal } = this.#stopping;
    for (let delay = START_RETRY_MIN_MS; !signal.aborted; delay = Math.min(delay * 2, START_RETRY_MAX_MS)) {
      try {
        const queue = await this.#open();
        for (const { job } of this.#options.workers) await plan(queue.boss, job);
        // Last, and without the database: a start that is tried again must not do jobs twice.
        for (const worker of this.#options.workers) await this.#take(queue.boss, worker);
        this.#queue = queue;
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#options.logger.warn({ err: error }, 'the jobs cannot start; trying again');
        await sleep(delay, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #take(boss: PgBoss, { job, work }: Worker): Promise<void> {
    const options = {
      pollingIntervalSeconds: POLLING_INTERVAL_SECONDS,
      localConcurrency: job.concurrency,
      includeMetadata: true,
    } as const;
    await boss.work(job.name, options, async (attempts: JobWithMetadata<unknown>[]) => {
      for (const attempt of attempts) await this.#attempt(attempt, work);
    });
  }

  async #attempt({ id, name, data, signal, retryCount, retryLimit }: JobWithMetadata<unknown>, work: Worker['work']) {
    const logFailure = (error: unknown) => {
      const fields = { err: error, job: name, jobId: id };
      if (retryCount < retryLimit) this.#options.logger.warn(fields, 'a job failed; it is tried again');
      else this.#options.logger.error(fields, 'a job failed for the last time');
    };
    // Work that does not look at its signal goes on, and nobody would be told that it counts as failed.
    const onAbort = () => logFailure(signal.reason);
    signal.addEventListener('abort', onAbort);
    // The jobs of a schedule come without data.
    const { [CAUSE]: causedBy = null, ...own } = (data ?? {}) as { [CAUSE]?: string };
    const attempt = new JobWork({ job: name, jobId: id, causedBy });
    try {
      await this.#observation.run(attempt, () => attempt.noting(() => work(own, { signal })));
    } catch (error) {
      if (!signal.aborted) logFailure(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      // There may be more of them: without it each would wait for the next look.
      this.#wake(name);
    }
  }

  #wake(name: string): void {
    const boss = this.#queue?.boss;
    for (const worker of boss?.getWipData() ?? []) if (worker.name === name) boss?.notifyWorker(worker.id);
  }
}

/** Kept beside a job's own data, where what enqueues it is traced. */
const CAUSE = 'enqueued by traceparent';

function withCause<Data extends object>(data: Data): object {
  const trace = currentWork()?.trace;
  return trace?.isSampled ? { ...data, [CAUSE]: trace.traceparent } : data;
}

/** What an earlier release scheduled and this one does not is taken back; what only a later one knows is left alone. */
async function plan(boss: PgBoss, { name, schedule }: Job<object>): Promise<void> {
  if (schedule) await boss.schedule(name, schedule, null, { tz: 'UTC', missed: 'once' });
  else await boss.unschedule(name);
}

/** Runs pg-boss's statements in the unit of work's own transaction. */
const executorOf = (em: EntityManager) => ({
  executeSql: async (text: string, values: unknown[] = []) => {
    const { rows } = await sqlOf<object>(em).executeQuery(CompiledQuery.raw(text, values));
    return { rows: [...rows] };
  },
});
