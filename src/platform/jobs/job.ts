import { z } from 'zod';

/**
 * A kind of work that is done in the background, after the answer. It is done at least once: a process that dies, or that
 * a database lost sight of, leaves its job to another one, which begins it anew. So whatever a job does has to be right
 * when it is done twice, also at the same time.
 */
export interface Job<Data extends object> {
  /** Of its own, and for good: what waits under another name is never done. Letters, digits and hyphens. */
  readonly name: string;
  /**
   * What its data has to be, which is JSON. Looked at when a job is enqueued, and again before it is done, because a
   * release may find what an earlier one left.
   */
  readonly data: z.ZodType<Data>;
  /** How often it is tried again after it failed, an interruption included. Then it stays as failed, and is logged. */
  readonly retries: number;
  /** Before it is tried again the first time; each further time takes about twice as long, an hour at the most. */
  readonly retryDelaySeconds: number;
  /** One that takes longer is told to stop, counts as failed and is tried again. */
  readonly timeoutSeconds: number;
  /** How many of them one process does at the same time. */
  readonly concurrency: number;
  /**
   * When it is due by itself, once for all processes together: a cron expression of five fields, in UTC, its data `{}`.
   * Where no process ran when it was due, it is done once as soon as one runs again. Null: never by itself.
   */
  readonly schedule: string | null;
}

/** Of a job that needs none. */
export const NO_DATA = z.strictObject({});

const DEFAULTS = { retries: 8, retryDelaySeconds: 5, timeoutSeconds: 900, concurrency: 1, schedule: null } as const;

type Given<Data extends object> = Pick<Job<Data>, 'name' | 'data'> & Partial<Job<Data>>;

/** Unless told, a job is tried nine times over about twenty minutes, has fifteen minutes, and one runs at a time. */
export const defineJob = <Data extends object>(job: Given<Data>): Job<Data> => ({ ...DEFAULTS, ...job });

/** One try at a job. */
export interface Attempt {
  /** Aborted where the job took too long, was taken away, or the process stops: what is done from then on is in vain. */
  readonly signal: AbortSignal;
}

/** A job with what does it. Made where the parts are put together, so that whoever enqueues a job needs none of them. */
export interface Worker {
  readonly job: Job<object>;
  /** Throws where the data is not the job's. */
  readonly work: (data: unknown, attempt: Attempt) => Promise<void>;
}

/** What `work` throws makes the attempt fail. */
export const workerFor = <Data extends object>(
  job: Job<Data>,
  work: (data: Data, attempt: Attempt) => Promise<unknown>,
): Worker => ({
  job,
  work: async (data, attempt) => void (await work(job.data.parse(data), attempt)),
});
