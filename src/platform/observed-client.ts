import type pg from 'pg';
import type { Observation, Statement } from './observation.ts';
import { withoutValues } from './statement-text.ts';
import { currentWork } from './work.ts';

type Query = (...args: unknown[]) => never;

/** Connections that tell of each statement when it is over, and count it for the work that asked for it. */
export function observedClient(Base: typeof pg.Client, observation: Observation): typeof pg.Client {
  return class ObservedClient extends Base {
    override query(...args: unknown[]): never {
      const begun = performance.now();
      const work = currentWork();
      const result = (super.query as Query).apply(this, args);
      const settled: unknown = result;
      // Cursors and what takes a callback give no promise; the product uses neither.
      if (!(settled instanceof Promise)) return result;

      work?.statementBegan(begun);
      const over = (rows: number, error: unknown) => {
        const now = performance.now();
        work?.statementEnded(now, rows);
        if (!observation.seesStatements) return;
        observation.statementEnded(new EndedStatement(args, { begun, ms: now - begun, rows, error }), work);
      };
      settled.then(
        (answer: { rowCount?: number | null } | undefined) => over(answer?.rowCount ?? 0, null),
        (error: unknown) => over(0, error),
      );
      return result;
    }
  };
}

class EndedStatement implements Statement {
  readonly begun: number;
  readonly ms: number;
  readonly rows: number;
  readonly error: unknown;
  readonly #asked: readonly unknown[];
  #text: string | null = null;

  constructor(asked: readonly unknown[], { begun, ms, rows, error }: Omit<Statement, 'text'>) {
    this.#asked = asked;
    this.begun = begun;
    this.ms = ms;
    this.rows = rows;
    this.error = error;
  }

  get text(): string {
    if (this.#text !== null) return this.#text;
    const [query, values] = this.#asked;
    const config =
      typeof query === 'string' ? { text: query, values } : (query as { text?: unknown; values?: unknown });
    this.#text = withoutValues(String(config.text ?? ''), config.values ?? values);
    return this.#text;
  }
}
