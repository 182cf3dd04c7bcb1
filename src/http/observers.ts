import { createFeedMetrics } from '../change/feed-metrics.ts';
import type { FeedReader } from '../change/reader.ts';
import { createOperationMetrics } from '../graphql/operation-metrics.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import { createDatabaseMetrics } from '../platform/database-metrics.ts';
import { createJobMetrics } from '../platform/jobs/job-metrics.ts';
import type { Logger } from '../platform/logger.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Observation } from '../platform/observation.ts';
import { createProcessMetrics } from '../platform/process-metrics.ts';
import { SlowStatements } from '../platform/slow-statements.ts';
import { createStatementLog } from '../platform/statement-log.ts';
import { type Connections, createConnectionMetrics } from './connection-metrics.ts';
import { createRequestMetrics } from './request-metrics.ts';
import { createWorkLog } from './work-log.ts';

export interface ObserverOptions extends Connections {
  readonly observation: Observation;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly config: Pick<Config, 'database'>;
  readonly database: Database;
  /** Past any pooler. */
  readonly directUrl: string;
  readonly feed: FeedReader;
  readonly signals: { readonly connected: boolean };
  readonly redis: { readonly isReady: boolean } | null;
  /** The names of all jobs, and of what is repeated. */
  readonly jobNames: readonly string[];
  readonly version: string;
}

/** Everybody who is told of what goes on. To be closed after the work and before the database. */
export function setUpObservers(options: ObserverOptions): { close(): Promise<void> } {
  const { observation, metrics, logger, config, database, directUrl, feed, jobNames } = options;
  const { poolMax, slowStatementMs: thresholdMs } = config.database;
  createProcessMetrics(metrics, options);
  createFeedMetrics(metrics, feed);
  createConnectionMetrics(metrics, options);
  const databaseMetrics = createDatabaseMetrics(metrics, { database, poolMax });
  observation.add(databaseMetrics);
  observation.add(createRequestMetrics(metrics));
  observation.add(createOperationMetrics(metrics));
  observation.add(createJobMetrics(metrics, { database, names: jobNames }));
  observation.add(createWorkLog(logger));
  if (logger.isLevelEnabled('debug')) observation.add(createStatementLog(logger));
  if (thresholdMs === 0) return { close: async () => {} };
  const { onSlow } = databaseMetrics;
  const slow = new SlowStatements({ databaseUrl: directUrl, thresholdMs, logger, onSlow });
  observation.add(slow);
  return slow;
}
