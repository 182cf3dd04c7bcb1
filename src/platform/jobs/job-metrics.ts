import { sql } from 'kysely';
import { Counter, Gauge, Histogram } from 'prom-client';
import { type Database, sqlOf } from '../database.ts';
import type { Metrics } from '../metrics.ts';
import type { Observer } from '../observation.ts';
import { JobWork } from '../work.ts';

/** Upper bounds. A job has fifteen minutes unless told. */
const SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 900];

interface QueueRow {
  readonly name: string;
  /** Jobs that are due, and those that are to be done later. */
  readonly due: number;
  readonly later: number;
  /** How long the first of those that are due has been. */
  readonly seconds: number;
  /** As pg-boss counted them in the last minute or so: there is no index to count them by. */
  readonly failed: number;
}

/** Shows what waits in the whole database, and counts what this process does. */
export function createJobMetrics(
  metrics: Metrics,
  { database, names }: { database: Database; names: readonly string[] },
): Observer {
  const registers = [metrics.registry];
  const tries = new Counter({
    name: 'duely_job_tries_total',
    help: 'Tries at jobs, and runs of what is repeated, that ended: done or failed. A job that failed is mostly tried again.',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'duely_job_seconds',
    help: 'How long tries at jobs took, whatever came of them.',
    labelNames: ['queue'],
    buckets: SECONDS,
    registers,
  });
  const running = new Gauge({
    name: 'duely_jobs_running',
    help: 'Jobs that this process is doing.',
    labelNames: ['queue'],
    registers,
  });
  const waiting = new Gauge({
    name: 'duely_jobs_waiting',
    help: 'Jobs of the whole database that wait: due ones, and those that are to be done later.',
    labelNames: ['queue', 'state'],
    registers,
  });
  const lag = new Gauge({
    name: 'duely_job_lag_seconds',
    help: 'How long the first job has been due; 0 where none is.',
    labelNames: ['queue'],
    registers,
  });
  const failed = new Gauge({
    name: 'duely_jobs_failed',
    help: 'Jobs of the whole database that failed for the last time, until they are removed after some days; counted about once a minute.',
    labelNames: ['queue'],
    registers,
  });

  for (const queue of names) {
    running.set({ queue }, 0);
    for (const outcome of ['done', 'failed']) tries.inc({ queue, outcome }, 0);
  }
  metrics.measure({
    name: 'jobs',
    gauges: [waiting, lag, failed],
    async measure() {
      const rows = await readQueues(database);
      for (const queue of names) {
        const row = rows.find(({ name }) => name === queue);
        waiting.set({ queue, state: 'due' }, row?.due ?? 0);
        waiting.set({ queue, state: 'later' }, row?.later ?? 0);
        lag.set({ queue }, row?.seconds ?? 0);
        failed.set({ queue }, row?.failed ?? 0);
      }
    },
  });
  return {
    workBegan(work) {
      if (work instanceof JobWork) running.inc({ queue: work.job });
    },
    workEnded(work) {
      if (!(work instanceof JobWork)) return;
      running.dec({ queue: work.job });
      tries.inc({ queue: work.job, outcome: work.hasFailed ? 'failed' : 'done' });
      seconds.observe({ queue: work.job }, work.ms / 1_000);
    },
  };
}

/** By the index of what waits. Nothing before pg-boss has made its tables, at the first job. */
async function readQueues(database: Database): Promise<readonly QueueRow[]> {
  const db = sqlOf<object>(database.em.fork());
  const { rows: found } = await sql<{ there: boolean }>`
    select to_regclass('pgboss.job') is not null and to_regclass('pgboss.queue') is not null as there
  `.execute(db);
  if (!found[0]?.there) return [];
  const { rows } = await sql<QueueRow>`
    select
      queue.name,
      queue.failed_count as failed,
      coalesce(open.due, 0) as due,
      coalesce(open.later, 0) as later,
      coalesce(open.seconds, 0) as seconds
    from pgboss.queue left join (
      select
        name,
        (count(*) filter (where start_after <= now()))::int as due,
        (count(*) filter (where start_after > now()))::int as later,
        greatest(0, extract(epoch from now() - min(start_after)))::float8 as seconds
      from pgboss.job
      where state < 'active' and not blocked
      group by name
    ) as open on open.name = queue.name
  `.execute(db);
  return rows;
}
