import pg from 'pg';

/** So many runs show that a statement comes again. */
const RUNS_BEFORE_NAMED = 5;
/** Of named statements on each connection: callers choose the shapes of lists by what they select. */
const NAMES_MAX = 300;
const COUNTED_MAX = 5_000;

const runs = new Map<string, number>();
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const name = names.get(text);
  if (name || names.size >= NAMES_MAX) return name;
  const count = (runs.get(text) ?? 0) + 1;
  if (count >= RUNS_BEFORE_NAMED) {
    runs.delete(text);
    names.set(text, `duely_${names.size}`);
  } else if (runs.size < COUNTED_MAX) {
    runs.set(text, count);
  }
  return undefined;
}

type Query = (...args: unknown[]) => never;

/**
 * A connection that gives a name to what runs often, so that PostgreSQL parses it once for each connection
 * (https://www.postgresql.org/docs/current/sql-prepare.html). Texts without parameters run as they are.
 */
export class PreparingClient extends pg.Client {
  override query(...args: unknown[]): never {
    const query = super.query.bind(this) as unknown as Query;
    const [text, values, ...rest] = args;
    const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 ? nameOf(text) : undefined;
    return name ? query({ name, text, values }, ...rest) : query(...args);
  }
}
