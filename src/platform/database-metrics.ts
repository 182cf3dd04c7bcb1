import { Counter, Gauge } from 'prom-client';
import type { Database } from './database.ts';
import type { Metrics } from './metrics.ts';
import type { Observer } from './observation.ts';
import { TimeTally } from './tally.ts';

/** Upper bounds. PostgreSQL ends a statement after DATABASE_STATEMENT_TIMEOUT_MS, 30 seconds unless told. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30];

export interface DatabaseMetrics extends Observer {
  /** A statement was slow. */
  onSlow(): void;
}

/** Shows the connections of this process, and how long its statements take. */
export function createDatabaseMetrics(
  { registry }: Pick<Metrics, 'registry'>,
  { database, poolMax }: { database: Database; poolMax: number },
): DatabaseMetrics {
  const registers = [registry];
  const pool = database.em.getConnection().getNativeClient();
  new Gauge({
    name: 'duely_database_connections',
    help: 'Connections of the pool that are in use (used) and that wait for work (idle).',
    labelNames: ['state'],
    registers,
    async collect() {
      const { totalCount, idleCount } = await pool;
      this.set({ state: 'used' }, totalCount - idleCount);
      this.set({ state: 'idle' }, idleCount);
    },
  });
  new Gauge({
    name: 'duely_database_connections_max',
    help: 'How many the pool may have: DATABASE_POOL_MAX.',
    registers,
  }).set(poolMax);
  new Gauge({
    name: 'duely_database_waiting',
    help: 'How many wait for a connection of the pool, because all are in use.',
    registers,
    async collect() {
      this.set((await pool).waitingCount);
    },
  });
  const statements = new TimeTally({
    name: 'duely_database_statement_seconds',
    help: 'How long statements of the pool took, begin and commit among them.',
    buckets: SECONDS,
    registers,
  });
  const errors = new Counter({
    name: 'duely_database_statement_errors_total',
    help: 'Statements that failed, whatever the reason: a value that is taken, a lock, a connection that broke.',
    registers,
  });
  const slow = new Counter({
    name: 'duely_database_slow_statements_total',
    help: 'Statements that took longer than SLOW_QUERY_MS.',
    registers,
  });
  return {
    onSlow: () => slow.inc(),
    statementEnded({ ms, error }) {
      statements.add('', ms / 1_000, () => ({}));
      if (error) errors.inc();
    },
  };
}
