import type pg from 'pg';
import type { TestApp } from './app.ts';

/** As it was sent: the text with the parameters beside it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface RecordedStatements extends Disposable {
  /** All that the server asked since the recording began or was last taken. */
  take(): Statement[];
}

/**
 * Keeps every statement that the server sends over its pool, begin and commit included. The server runs in the test's own
 * process, so its connections can be watched at the driver, behind all that builds statements.
 */
export async function recordStatements({ app }: TestApp): Promise<RecordedStatements> {
  const pool = await app.services.database.em.getConnection().getNativeClient();
  const watched = new Set<pg.PoolClient>();
  let statements: Statement[] = [];

  const watch = (client: pg.PoolClient) => {
    if (watched.has(client)) return;
    watched.add(client);
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    const query = (text: string, values: readonly unknown[] = [], ...rest: unknown[]) => {
      // How a new connection is set up is no statement of whoever opened it.
      if (!text.startsWith("select set_config('timezone'")) statements.push({ text, values: [...values] });
      return send(text, values, ...rest);
    };
    Object.assign(client, { query });
  };
  pool.on('acquire', watch);

  return {
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
    [Symbol.dispose]() {
      pool.off('acquire', watch);
      // What stands on the prototype is seen again.
      for (const client of watched) Reflect.deleteProperty(client, 'query');
    },
  };
}
