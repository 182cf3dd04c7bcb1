import { type Work, within } from './work.ts';

/** A statement that is over. */
export interface Statement {
  /** Without values; see `withoutValues`. Made when it is first asked for. */
  readonly text: string;
  /** On the clock of `performance.now()`. */
  readonly begun: number;
  readonly ms: number;
  /** That it read or wrote. */
  readonly rows: number;
  /** Null where it succeeded. */
  readonly error: unknown;
}

/**
 * Who wants to know what goes on: logs, numbers, traces. It is called in the midst of the work, so it has to be quick, and
 * must not throw.
 */
export interface Observer {
  workBegan?(work: Work): void;
  workEnded?(work: Work): void;
  /** `work` is what it was done for; null where it was for nobody, such as the feeds' sweep. */
  statementEnded?(statement: Statement, work: Work | null): void;
}

/** Tells all observers of all work, and of all statements of the pool. */
export class Observation {
  readonly #began: Required<Pick<Observer, 'workBegan'>>[] = [];
  readonly #ended: Required<Pick<Observer, 'workEnded'>>[] = [];
  readonly #statementEnded: Required<Pick<Observer, 'statementEnded'>>[] = [];

  /** In the order in which they are told. */
  add(observer: Observer): void {
    const { workBegan, workEnded, statementEnded } = observer;
    if (workBegan) this.#began.push({ workBegan: workBegan.bind(observer) });
    if (workEnded) this.#ended.push({ workEnded: workEnded.bind(observer) });
    if (statementEnded) this.#statementEnded.push({ statementEnded: statementEnded.bind(observer) });
  }

  /** Whether anybody is told of statements: what is only counted needs no object. */
  get seesStatements(): boolean {
    return this.#statementEnded.length > 0;
  }

  began(work: Work): void {
    for (const observer of this.#began) observer.workBegan(work);
  }

  /** Ending twice is once. */
  ended(work: Work): void {
    if (work.hasEnded) return;
    work.end();
    for (const observer of this.#ended) observer.workEnded(work);
  }

  statementEnded(statement: Statement, work: Work | null): void {
    for (const observer of this.#statementEnded) observer.statementEnded(statement, work);
  }

  /** Runs it as this work, which ends when what it promises has settled. */
  async run<Result>(work: Work, run: () => Promise<Result>): Promise<Result> {
    this.began(work);
    try {
      return await within(work, run);
    } finally {
      this.ended(work);
    }
  }
}
