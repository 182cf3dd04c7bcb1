import { forkFor } from '../../src/change/transact.ts';
import { entities } from '../../src/entities.ts';
import { closeDatabase, type Database, type EntityManager, openDatabase } from '../../src/platform/database.ts';
import type { Worker } from '../../src/platform/jobs/job.ts';
import { Jobs } from '../../src/platform/jobs/jobs.ts';
import { createLogger, type Logger } from '../../src/platform/logger.ts';
import { openSignals, type Signals } from '../../src/platform/signal.ts';
import type { TestDatabase } from './database.ts';

export interface Logged {
  readonly level: 'warn' | 'error';
  readonly message: string;
  readonly error: unknown;
}

/** A process that does jobs, as far as jobs are concerned. */
export interface JobsProcess extends AsyncDisposable {
  readonly jobs: Jobs;
  readonly database: Database;
  readonly signals: Signals;
  /** What it logged at `warn` and above. */
  readonly logged: Logged[];
  /** A unit of work that is in no transaction. */
  fork(): EntityManager;
  /** In a transaction that is committed. */
  commit(work: (em: EntityManager) => Promise<void>): Promise<void>;
}

export interface JobsProcessOptions {
  readonly working?: boolean;
  /** Disposing of it waits so long for jobs that run. */
  readonly patienceMs?: number;
}

export function openJobsProcess(
  { url }: TestDatabase,
  workers: readonly Worker[],
  { working = true, patienceMs = 10_000 }: JobsProcessOptions = {},
): JobsProcess {
  const logged: Logged[] = [];
  const logger = recordLog(logged);
  const settings = { url, logger, statementTimeoutMs: 30_000 };
  const database = openDatabase({
    ...settings,
    entities,
    subscribers: [],
    clock: () => new Date(),
    poolMax: 4,
    preparedStatements: true,
  });
  const signals = openSignals({ url, logger: createLogger('silent') });
  const jobs = new Jobs({ ...settings, working, workers, database, signals });
  const fork = () => forkFor(database, null);
  return {
    jobs,
    database,
    signals,
    logged,
    fork,
    commit: work => fork().transactional(work),
    async [Symbol.asyncDispose]() {
      await jobs.stop(patienceMs);
      await jobs.close();
      await signals.close();
      await closeDatabase(database, 1_000);
    },
  };
}

function recordLog(logged: Logged[]): Logger {
  const logger = createLogger('silent');
  for (const level of ['warn', 'error'] as const) {
    const log = (fields: { err?: unknown }, message: string) => void logged.push({ level, message, error: fields.err });
    logger[level] = log as Logger['warn'];
  }
  return logger;
}

export interface JobRow {
  readonly data: Record<string, unknown> | null;
  readonly state: string;
  readonly retries: number;
}

/** The jobs of a name as they are kept, in the order in which they were put in. */
export const readJobs = ({ query }: TestDatabase, name: string): Promise<JobRow[]> =>
  query<JobRow>(
    `select data, state::text, retry_count as retries from pgboss.job where name = $1 order by created_on, data::text`,
    [name],
  );
