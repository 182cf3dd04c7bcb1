import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { explainFault } from '../connection.ts';
import type { Check, Finding } from './check.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 5_000;
const NOTICE_MS = 3_000;
const NOTICE_POLL_MS = 20;

async function withClients<Result>(url: string, work: (one: pg.Client, other: pg.Client) => Promise<Result>) {
  const clients = [1, 2].map(
    () =>
      new pg.Client({
        connectionString: url,
        application_name: 'duely-doctor',
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        query_timeout: QUERY_TIMEOUT_MS,
      }),
  );
  for (const client of clients) client.on('error', () => {});
  try {
    await Promise.all(clients.map(client => client.connect()));
    const [one, other] = clients;
    if (!one || !other) throw new Error('There are two.');
    return await work(one, other);
  } finally {
    await Promise.all(clients.map(client => client.end().catch(() => {})));
  }
}

/** A real round trip, as the server's wake-ups make it. */
const wakeUps: Check = {
  id: 'database.wake-ups',
  ok: 'Wake-ups between processes arrive (LISTEN and NOTIFY).',
  look: async ({ database, settings }) => {
    const open = await database.open();
    if (!open) return null;
    const channel = `duely_doctor_${randomBytes(6).toString('hex')}`;
    const arrived = await withClients(open.directUrl, async (listener, teller) => {
      let heard = false;
      listener.on('notification', notice => {
        heard ||= notice.channel === channel;
      });
      await listener.query(`listen ${channel}`);
      await teller.query('select pg_notify($1, $2)', [channel, '']);
      const deadline = performance.now() + NOTICE_MS;
      while (!heard && performance.now() < deadline) await sleep(NOTICE_POLL_MS);
      return heard;
    });
    if (arrived) return [];
    const setting = settings.DATABASE_DIRECT_URL ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL';
    return [
      {
        severity: 'stop',
        what: `What is told by NOTIFY does not arrive over ${setting}.`,
        why: 'Changes made by another process come to subscribers only when they look by themselves, and sessions that end stay open for seconds.',
        mend: 'DATABASE_DIRECT_URL=postgres://…, past the pooler',
      },
    ];
  },
};

/** What was seen of the way to the database that requests take. */
export interface PoolerSigns {
  /** Whether one client had two sessions: a pooler hands them out by transaction. */
  readonly sharesSessions: boolean;
  /** What a prepared statement came to in the other session; null where it worked. */
  readonly preparedFault: string | null;
}

const pooler: Check = {
  id: 'database.pooler',
  ok: 'The way to the database suits what the server does on it.',
  look: async ({ database, settings }) => {
    const open = await database.open();
    if (!open) return null;
    const signs = await withClients(open.url, readSigns);
    return poolerFindings(signs, {
      isDirect: settings.DATABASE_DIRECT_URL !== undefined,
      prepares: settings.DATABASE_PREPARED_STATEMENTS ?? true,
    });
  },
};

/** The other client takes the session that the first one had, where they share them. */
async function readSigns(one: pg.Client, other: pg.Client): Promise<PoolerSigns> {
  const name = `duely_doctor_${randomBytes(6).toString('hex')}`;
  const ask = () =>
    one.query<{ pid: number }>({ name, text: 'select pg_backend_pid() as pid, $1::text', values: [''] });
  const before = (await ask()).rows[0]?.pid;
  await other.query('begin');
  try {
    const after = (await one.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    const preparedFault = await ask().then(() => null, explainFault);
    return { sharesSessions: before !== after, preparedFault };
  } finally {
    await other.query('rollback');
  }
}

export function poolerFindings(
  { sharesSessions, preparedFault }: PoolerSigns,
  { isDirect, prepares }: { isDirect: boolean; prepares: boolean },
): Finding[] {
  const findings: Finding[] = [];
  if (sharesSessions && !isDirect)
    findings.push({
      severity: 'stop',
      what: 'DATABASE_URL leads to a pooler that hands out sessions by transaction, and DATABASE_DIRECT_URL is not set.',
      why: 'Wake-ups, jobs and migrations need a session of their own.',
      mend: 'DATABASE_DIRECT_URL=postgres://…, the same database past the pooler',
    });
  if (preparedFault !== null && prepares)
    findings.push({
      severity: 'stop',
      what: `The pooler loses prepared statements: ${preparedFault}.`,
      why: 'Requests fail by chance, more of them under load.',
      mend: 'DATABASE_PREPARED_STATEMENTS=off, or PgBouncer 1.21 with max_prepared_statements=200',
    });
  return findings;
}

export const poolerChecks: readonly Check[] = [wakeUps, pooler];
