import { POOL_MAX as JOBS_POOL_MAX } from '../jobs/queue.ts';
import type { Check } from './check.ts';
import type { OpenDatabase } from './database-access.ts';

async function settingsOf(open: OpenDatabase, names: readonly string[]): Promise<Record<string, string>> {
  const rows = await open.rows<{ name: string; setting: string }>(
    'select name, setting from pg_settings where name = any($1)',
    [names],
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

/** What an acknowledged write rests on, and what becomes of it when it is off. */
const DURABLE = [
  ['fsync', 'stop', 'After a power failure the whole database may be damaged beyond repair.'],
  ['full_page_writes', 'stop', 'After a power failure pages may be half written, and nobody is told.'],
  ['synchronous_commit', 'stop', 'A crash loses what was acknowledged a moment ago: payments too.'],
  ['autovacuum', 'stop', 'Tables grow without an end, until the database stops taking writes.'],
] as const;

const durability: Check = {
  id: 'database.durability',
  ok: 'What is committed stays, and tables are cleaned up.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open) return null;
    const settings = await settingsOf(
      open,
      DURABLE.map(([name]) => name),
    );
    return DURABLE.filter(([name]) => settings[name] === 'off').map(([name, severity, why]) => ({
      severity,
      subject: name,
      what: `${name} is off.`,
      why,
      mend: `alter system set ${name} = on; select pg_reload_conf();`,
    }));
  },
};

/** For wake-ups, of each process. */
const SIGNAL_CONNECTIONS = 1;
/** A release starts new processes before it ends the old ones. */
const PROCESSES_MIN = 2;

const connections: Check = {
  id: 'database.connections',
  ok: 'There are connections for a release, in which old and new processes run side by side.',
  look: async ({ database, settings: { DATABASE_POOL_MAX: pool, WORKERS: workers } }) => {
    const open = await database.open();
    if (!open) return null;
    const { max_connections: max = '0', superuser_reserved_connections: reserved = '0' } = await settingsOf(open, [
      'max_connections',
      'superuser_reserved_connections',
    ]);
    const [limits] = await open.rows<{ role: number; own: number }>(
      `select (select rolconnlimit from pg_roles where rolname = current_user) as role,
        (select datconnlimit from pg_database where datname = current_database()) as own`,
    );
    const caps = [Number(max) - Number(reserved), limits?.role ?? -1, limits?.own ?? -1].filter(cap => cap >= 0);
    const available = Math.min(...caps);
    const each = (pool + JOBS_POOL_MAX + SIGNAL_CONNECTIONS) * workers;
    const fit = Math.floor(available / each);
    if (fit >= PROCESSES_MIN) return [];
    const workersText = workers > 1 ? ` with its ${workers} workers` : '';
    return [
      {
        severity: fit < 1 ? 'stop' : 'warn',
        what: `A server${workersText} takes up to ${each} connections, and the database has ${available}.`,
        why:
          fit < 1
            ? 'Under load requests fail for want of a connection.'
            : 'While a release replaces one server by another both run, and requests fail for want of a connection.',
        mend: `DATABASE_POOL_MAX=${Math.max(1, Math.floor(available / PROCESSES_MIN / workers) - JOBS_POOL_MAX - SIGNAL_CONNECTIONS)}, or a larger max_connections (and a limit of role and database)`,
      },
    ];
  },
};

const encoding: Check = {
  id: 'database.encoding',
  ok: 'The database keeps all of Unicode.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open) return null;
    const [row] = await open.rows<{ encoding: string }>(
      'select pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()',
    );
    if (!row || row.encoding === 'UTF8') return [];
    return [
      {
        severity: 'stop',
        what: `The database keeps text as ${row.encoding}.`,
        why: 'Names and titles in other scripts cannot be written.',
        mend: `create database duely encoding 'UTF8' template template0; and move the data there`,
      },
    ];
  },
};

const transactions: Check = {
  id: 'database.long-transactions',
  ok: 'No transaction is open for long.',
  look: async ({ database, limits }) => {
    const open = await database.open();
    if (!open) return null;
    const rows = await open.rows<{ who: string; what: string; seconds: number; mend: string }>(
      `select coalesce(nullif(application_name, ''), usename, 'somebody') as who, coalesce(state, 'active') as what,
         extract(epoch from now() - xact_start)::int as seconds, format('select pg_terminate_backend(%s);', pid) as mend
       from pg_stat_activity
       where datname = current_database() and xact_start < now() - make_interval(secs => $1) and backend_type = 'client backend'
       union all
       select owner, 'prepared', extract(epoch from now() - prepared)::int, format('rollback prepared %L;', gid)
       from pg_prepared_xacts
       where database = current_database() and prepared < now() - make_interval(secs => $1)`,
      [limits.transactionMaxSeconds],
    );
    return rows.map(({ who, what, seconds, mend }) => ({
      severity: 'warn',
      subject: who,
      what: `A transaction of ${who} is ${what} for ${seconds} seconds.`,
      why: 'It holds its locks, and nothing that was deleted since can be cleaned up.',
      mend: `Look what it does; ${mend}`,
    }));
  },
};

const slots: Check = {
  id: 'database.replication-slots',
  ok: 'No replication slot holds the log back.',
  look: async ({ database, limits }) => {
    const open = await database.open();
    if (!open) return null;
    const rows = await open.rows<{ name: string; active: boolean; size: string }>(
      `select slot_name as name, active, pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) as size
       from pg_replication_slots
       where not pg_is_in_recovery() and pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > $1`,
      [limits.slotMaxBytes],
    );
    return rows.map(({ name, active, size }) => ({
      severity: active ? 'warn' : 'stop',
      subject: name,
      what: `The replication slot ${name} holds back ${size} of the log${active ? '' : ', and nobody reads it'}.`,
      why: 'The log grows until the disk is full, and then nobody can write any more.',
      mend: active
        ? 'Look why its reader is slow.'
        : `select pg_drop_replication_slot('${name}'); or max_slot_wal_keep_size=10GB`,
    }));
  },
};

const DEAD_MIN = 10_000;

const vacuum: Check = {
  id: 'database.dead-rows',
  ok: 'Tables are cleaned up as they change.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open) return null;
    const rows = await open.rows<{ name: string; dead: string; share: number }>(
      `select schemaname || '.' || relname as name, n_dead_tup::text as dead,
         round(100.0 * n_dead_tup / (n_live_tup + n_dead_tup))::int as share
       from pg_stat_user_tables where n_dead_tup > $1 and n_dead_tup > n_live_tup`,
      [DEAD_MIN],
    );
    return rows.map(({ name, dead, share }) => ({
      severity: 'warn',
      subject: name,
      what: `${share} % of the rows of ${name} are dead (${dead}).`,
      why: 'Reading takes longer with each day: something keeps the clean-up from its work.',
      mend: `vacuum (analyze, verbose) ${name}; and look at database.long-transactions and database.replication-slots`,
    }));
  },
};

export const databaseServerChecks: readonly Check[] = [durability, connections, encoding, transactions, slots, vacuum];
