import { createHash } from 'node:crypto';
import pg from 'pg';
import { isLostStatement } from './database-errors.ts';
import type { Logger } from './logger.ts';

/** So many runs show that a statement comes again. */
const RUNS_BEFORE_NAMED = 5;
/** Of named statements on each connection: callers choose the shapes of lists by what they select. */
const NAMES_MAX = 300;
const COUNTED_MAX = 5_000;

type Query = (...args: unknown[]) => never;
type Promised = (...args: unknown[]) => Promise<unknown>;

/**
 * Connections that give a name to what runs often, so that PostgreSQL parses it once for each connection
 * (https://www.postgresql.org/docs/current/sql-prepare.html). Texts without parameters run as they are.
 *
 * Where a pooler in between loses names, that is logged once, and nothing is named any more: see `StatementNames`.
 */
export function preparingClient(logger: Logger): typeof pg.Client {
  const statements = new StatementNames(logger);
  return class PreparingClient extends pg.Client {
    override query(...args: unknown[]): never {
      const query = super.query.bind(this) as unknown as Query;
      const [text, values, ...rest] = args;
      const name =
        typeof text === 'string' && Array.isArray(values) && values.length > 0 ? statements.nameOf(text) : undefined;
      if (!name) return query(...args);
      // What runs alone can run again, for nothing of it was done. A transaction has failed as a whole.
      const isAlone = this.getTransactionStatus() === 'I';
      const named = (query as Promised)({ name, text, values }, ...rest);
      return named.catch((error: unknown) => {
        if (!isLostStatement(error)) throw error;
        statements.giveUp(error);
        if (!isAlone) throw error;
        return (query as Promised)(...args);
      }) as never;
    }
  };
}

/** Which texts have names. */
class StatementNames {
  readonly #logger: Logger;
  readonly #runs = new Map<string, number>();
  readonly #names = new Map<string, string>();
  #isLossy = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  nameOf(text: string): string | undefined {
    if (this.#isLossy) return undefined;
    const name = this.#names.get(text);
    if (name || this.#names.size >= NAMES_MAX) return name;
    const count = (this.#runs.get(text) ?? 0) + 1;
    if (count >= RUNS_BEFORE_NAMED) {
      this.#runs.delete(text);
      this.#names.set(text, nameFor(text));
    } else if (this.#runs.size < COUNTED_MAX) {
      this.#runs.set(text, count);
    }
    return undefined;
  }

  /**
   * A pooler hands one session to several clients, each of which believes that the session knows what it prepared. What is
   * met by that fails before it does anything.
   */
  giveUp(error: unknown): void {
    if (this.#isLossy) return;
    this.#isLossy = true;
    this.#logger.warn(
      { err: error },
      'a pooler loses prepared statements: this process does without them from now on. Set DATABASE_PREPARED_STATEMENTS=off, or max_prepared_statements in PgBouncer 1.21 and newer',
    );
  }
}

/** Made of the text, so that processes that share sessions cannot mean different statements by one name. */
const nameFor = (text: string) => `duely_${createHash('sha256').update(text).digest('base64url').slice(0, 32)}`;
