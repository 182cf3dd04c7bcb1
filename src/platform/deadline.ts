/** The end of the time that an operation may take. Lighter than an AbortSignal, of which every operation would make several. */
export class Deadline {
  readonly #endsAt: number;
  readonly #durationMs: number;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
    this.#endsAt = performance.now() + durationMs;
  }

  /** Throws a DeadlineError once the time is over. */
  throwIfPassed(): void {
    if (performance.now() >= this.#endsAt) throw new DeadlineError(this.#durationMs);
  }

  /** The work's result, or a DeadlineError where it takes longer. The work itself goes on: it has to look at the deadline. */
  async race<Result>(work: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new DeadlineError(this.#durationMs)), this.#endsAt - performance.now());
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      clearTimeout(timer);
    }
  }
}

export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  readonly durationMs: number;

  constructor(durationMs: number) {
    super(`This took longer than ${durationMs} ms.`);
    this.durationMs = durationMs;
  }
}

/** The work's result, or a DeadlineError where that takes longer. The work itself goes on. */
export function withinTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    // In a process that was busy itself the answer may be there already, and is read before what is immediate.
    const over = () => setImmediate(() => reject(new DeadlineError(milliseconds)));
    const timer = setTimeout(over, milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
