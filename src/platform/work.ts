import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';

/** By what a trace knows a piece of work (https://www.w3.org/TR/trace-context/). */
export interface WorkTrace {
  readonly traceId: string;
  /** To be sent or kept with what it brings about. */
  readonly traceparent: string;
  /** Whether anybody will see it. */
  readonly isSampled: boolean;
}

/**
 * A piece of work whose time, statements and rows are counted: a request, an operation in it, an event of a subscription,
 * a job. What runs within it, however deep, is counted with it and with what it is a part of.
 */
export abstract class Work {
  /** Null where nobody asked for it by a request. */
  readonly requestId: string | null;
  readonly parent: Work | null;
  /** Null where no traces are made, or none of such work. */
  trace: WorkTrace | null = null;
  /** On the clock of `performance.now()`. */
  readonly begun = performance.now();
  /** Statements that were sent to the database, `begin` and `commit` among them. */
  statements = 0;
  /** Rows that they read or wrote. */
  rows = 0;
  #ms: number | null = null;
  #databaseMs = 0;
  #running = 0;
  #runningSince = 0;

  constructor({ requestId, parent = currentWork() }: { requestId: string | null; parent?: Work | null }) {
    this.requestId = requestId;
    this.parent = parent;
  }

  /** What it took; so far, while it goes on. */
  get ms(): number {
    return this.#ms ?? performance.now() - this.begun;
  }

  get hasEnded(): boolean {
    return this.#ms !== null;
  }

  /** For how long a statement was under way: statements at the same time are counted once, waiting for a connection is not. */
  get databaseMs(): number {
    return this.#databaseMs + (this.#running > 0 ? performance.now() - this.#runningSince : 0);
  }

  end(): void {
    this.#ms ??= performance.now() - this.begun;
  }

  statementBegan(at: number): void {
    this.statements += 1;
    if (this.#running === 0) this.#runningSince = at;
    this.#running += 1;
    this.parent?.statementBegan(at);
  }

  statementEnded(at: number, rows: number): void {
    this.rows += rows;
    this.#running -= 1;
    if (this.#running === 0) this.#databaseMs += at - this.#runningSince;
    this.parent?.statementEnded(at, rows);
  }
}

/** A request over HTTP. It ends when its answer has been sent or given up. */
export class RequestWork extends Work {
  readonly method: string;
  /** As they came: a `traceparent` may be among them. */
  readonly headers: IncomingHttpHeaders;
  /** Its path, without what may be secret in it. */
  path: string;
  /** What of the server's answered it, of a closed list; null where nothing is at that path. */
  route: string | null = null;
  /** Null where the client went away before there was one. */
  status: number | null = null;

  constructor(request: { requestId: string; method: string; path: string; headers: IncomingHttpHeaders }) {
    super({ requestId: request.requestId, parent: null });
    this.method = request.method;
    this.path = request.path;
    this.headers = request.headers;
  }
}

/** A try at a job, or a run of what is repeated more often than jobs. */
export class JobWork extends Work {
  /** The name of the job or of the repeated work: a closed list. */
  readonly job: string;
  /** Null for repeated work. */
  readonly jobId: string | null;
  /** The traceparent of the work that enqueued it; null where that was not traced. */
  readonly causedBy: string | null;
  hasFailed = false;

  constructor({ job, jobId, causedBy = null }: { job: string; jobId: string | null; causedBy?: string | null }) {
    super({ requestId: null, parent: null });
    this.job = job;
    this.jobId = jobId;
    this.causedBy = causedBy;
  }

  /** Does it, and notes whether it failed. */
  async noting<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }
}

const current = new AsyncLocalStorage<Work | null>();

/** The innermost work that is under way here; null outside of any. */
export const currentWork = (): Work | null => current.getStore() ?? null;

/** Runs it as a part of the work: what it awaits, too. Does not end the work. */
export const within = <Result>(work: Work, run: () => Result): Result => current.run(work, run);

/** Runs it as nobody's work, such as what everybody will use who comes later. */
export const outside = <Result>(run: () => Result): Result => current.run(null, run);
