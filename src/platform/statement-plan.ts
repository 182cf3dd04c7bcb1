import pg from 'pg';

const CONNECT_MS = 2_000;
/** Planning waits for locks, such as a migration's. */
const STATEMENT_MS = 2_000;
const EXPLAINABLE = /^\s*(select|insert|update|delete|with)\b/i;

/** One statement of those that have a plan. */
export const hasPlan = (text: string): boolean => EXPLAINABLE.test(text) && !text.trimEnd().slice(0, -1).includes(';');

/**
 * How PostgreSQL would run a statement, without running it and whatever its values are, so that the plan shows none of them
 * (https://www.postgresql.org/docs/current/sql-prepare.html: a generic plan). On a connection of its own, so that it also
 * answers where the pool is exhausted, in a transaction that may not write. Throws where there is no plan.
 */
export async function planOf(databaseUrl: string, text: string): Promise<string> {
  if (!hasPlan(text)) throw new Error('This statement has no plan.');
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS + 1_000,
    application_name: 'duely plans',
  });
  // The query under way tells.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('begin read only');
    await client.query(`set local statement_timeout = ${STATEMENT_MS}`);
    await client.query('set local plan_cache_mode = force_generic_plan');
    // Extended: PostgreSQL takes one statement in it and no more.
    const prepared = { text: `prepare slow as ${text}`, queryMode: 'extended' };
    await client.query(prepared);
    const { rows: parameters } = await client.query<{ count: number }>(
      `select coalesce(array_length(parameter_types, 1), 0) as count from pg_prepared_statements where name = 'slow'`,
    );
    const nulls = Array.from({ length: parameters[0]?.count ?? 0 }, () => 'null');
    const values = nulls.length > 0 ? `(${nulls.join(', ')})` : '';
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (format text) execute slow${values}`);
    return rows.map(row => row['QUERY PLAN']).join('\n');
  } finally {
    // Its transaction ends with it.
    await client.end().catch(() => {});
  }
}
