import type pg from 'pg';

export interface TransactionLimits {
  readonly statementTimeoutMs: number;
  readonly idleTimeoutMs: number;
}

type Query = (...args: unknown[]) => never;

/**
 * Connections for a pooler that hands out sessions by transaction. It refuses time-outs as start-up parameters, and what is
 * set for a session would stay behind for others. So each transaction sets them for itself, together with its `begin`;
 * reads outside of transactions have those that the account has (`alter role`).
 */
export function pooledClient(
  Base: typeof pg.Client,
  { statementTimeoutMs, idleTimeoutMs }: TransactionLimits,
): typeof pg.Client {
  const settings = `set local statement_timeout = ${statementTimeoutMs}; set local idle_in_transaction_session_timeout = ${idleTimeoutMs}`;
  return class PooledClient extends Base {
    override query(...args: unknown[]): never {
      const query = super.query.bind(this) as unknown as Query;
      const [text] = args;
      const isBegin = typeof text === 'string' && /^(begin|start transaction)\b/i.test(text);
      return isBegin ? query(`${text}; ${settings}`) : query(...args);
    }
  };
}
