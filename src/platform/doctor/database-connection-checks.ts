import pg from 'pg';
import { explainFault } from '../connection.ts';
import { IDLE_IN_TRANSACTION_TIMEOUT_MS } from '../database.ts';
import type { Check, Finding } from './check.ts';
import { clockFindings } from './clock-skew.ts';
import { isRemote } from './installation.ts';

/** The end of what PostgreSQL's project mends: https://www.postgresql.org/support/versioning */
const ENDS: Readonly<Record<number, string>> = {
  14: '2026-11-12',
  15: '2027-11-11',
  16: '2028-11-09',
  17: '2029-11-08',
  18: '2030-11-14',
};
const DAY_MS = 86_400_000;
const SOON_DAYS = 180;

const reachable: Check = {
  id: 'database.reachable',
  ok: 'The database can be opened.',
  look: async ({ database, settings: { DATABASE_URL: url } }) => {
    if (await database.open()) return [];
    const fault = await database.fault();
    if (fault === null)
      return [
        {
          severity: 'stop',
          what: 'There is no database yet.',
          why: 'Nothing about it could be looked at.',
          mend: 'DATABASE_URL=postgres://user:password@db.example.com:5432/duely, or npm start for an embedded one',
        },
      ];
    return [
      {
        severity: 'stop',
        what: fault.endsWith('.') ? fault : `${fault}.`,
        why: 'Nothing works without it, and nothing about it could be looked at.',
        mend: url ? 'Start it, or put DATABASE_URL right.' : 'npm start, which says more',
      },
    ];
  },
};

const version: Check = {
  id: 'database.version',
  ok: 'The version of PostgreSQL is one that is mended.',
  look: async ({ database, now }) => {
    const open = await database.open();
    if (!open) return null;
    const [row] = await open.rows<{ number: number; text: string }>(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as text`,
    );
    return row ? versionFindings(row, now()) : null;
  },
};

/** By the number of PostgreSQL's `server_version_num`. */
export function versionFindings({ number, text }: { number: number; text: string }, now: number): Finding[] {
  const major = Math.floor(number / 10_000);
  if (major < 14)
    return [
      {
        severity: 'stop',
        what: `PostgreSQL ${text} is too old.`,
        why: 'Migrations and queries use what came with 14.',
        mend: 'Move to PostgreSQL 18.',
      },
    ];
  const end = ENDS[major];
  if (!end)
    return [
      {
        severity: 'warn',
        what: `PostgreSQL ${text} is newer than those that Duely is tested with, 14 to 18.`,
        why: 'What changed in it is not known here.',
        mend: 'Try it with TEST_DATABASE_URL and npm test.',
      },
    ];
  const days = Math.floor((Date.parse(end) - now) / DAY_MS);
  if (days > SOON_DAYS) return [];
  return [
    {
      severity: days < 0 ? 'warn' : 'info',
      what: `PostgreSQL ${major} is mended until ${end}.`,
      why: 'Holes in it that are found later stay open.',
      mend: 'Move to PostgreSQL 18.',
    },
  ];
}

const tls: Check = {
  id: 'database.tls',
  ok: 'The way to the database is protected, or within this machine.',
  look: async ({ database, settings }) => {
    const findings = (['DATABASE_URL', 'DATABASE_DIRECT_URL'] as const).flatMap(setting => {
      const url = settings[setting];
      return url && isRemote(url) ? tlsFindings(setting, url) : [];
    });
    const open = findings.length === 0 && settings.DATABASE_URL ? await database.open() : null;
    if (!settings.DATABASE_URL || (!open && findings.length === 0)) return findings.length > 0 ? findings : null;
    const [row] =
      open && isRemote(open.directUrl)
        ? await open.rows<{ ssl: boolean }>('select ssl from pg_stat_ssl where pid = pg_backend_pid()')
        : [];
    if (row?.ssl === false)
      findings.push({
        severity: 'warn',
        what: 'The connection that the database sees is without TLS.',
        why: 'There is a pooler in between, and the way behind it is not protected.',
        mend: 'server_tls_sslmode=verify-full in PgBouncer',
      });
    return findings;
  },
};

/** pg demands TLS where the address asks for it, and never uses it where it does not. */
export function tlsFindings(setting: string, url: string): Finding[] {
  const parameters = new URL(url).searchParams;
  const mode = parameters.get('sslmode') ?? (parameters.get('ssl') === 'true' ? 'verify-full' : 'disable');
  const mend = `?sslmode=verify-full at the end of ${setting}, and &sslrootcert=FILE where its certificate is of an authority of its own`;
  if (mode === 'disable')
    return [
      {
        severity: 'warn',
        subject: setting,
        what: `${setting} leads to another machine without TLS.`,
        why: 'Whoever is on the way reads the password and all that people write.',
        mend,
      },
    ];
  // Only in the manner of libpq do these not look at the certificate: pg itself takes them for verify-full.
  const isBlind =
    mode === 'no-verify' || (parameters.get('uselibpqcompat') === 'true' && /^(require|prefer)$/.test(mode));
  return isBlind
    ? [
        {
          severity: 'warn',
          subject: setting,
          what: `${setting} does not have the database's certificate looked at.`,
          why: 'Whoever is on the way can stand in for the database.',
          mend,
        },
      ]
    : [];
}

const clock: Check = {
  id: 'database.clock',
  ok: 'The clocks here and in the database agree.',
  look: async ({ database, now }) => {
    const open = await database.open();
    if (!open) return null;
    // The connection is there already.
    await open.rows('select 1');
    const asked = now();
    const [row] = await open.rows<{ ms: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as ms');
    return row ? clockFindings('the database', row.ms, asked, now()) : null;
  },
};

/**
 * As the server asks for them where it takes the address for that of PostgreSQL: a pooler may refuse them, or take and forget
 * them. Through one that it knows of it says them in each transaction.
 */
const timeouts: Check = {
  id: 'database.timeouts',
  ok: 'Statements and idle transactions are ended in time.',
  look: async ({ database, settings }) => {
    const open = await database.open();
    if (!open) return null;
    const expected = settings.DATABASE_STATEMENT_TIMEOUT_MS;
    const client = new pg.Client({
      connectionString: open.directUrl,
      application_name: 'duely-doctor',
      connectionTimeoutMillis: 5_000,
      statement_timeout: expected,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    });
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      return [
        {
          severity: 'stop',
          what: `The database cannot be opened with the server's own time-outs: ${explainFault(error)}.`,
          why: 'The server asks for statement_timeout and idle_in_transaction_session_timeout as it connects.',
          mend: 'DATABASE_DIRECT_URL=postgres://…, past the pooler: through it they are then said in each transaction',
        },
      ];
    }
    try {
      const { rows } = await client.query<{ statement: number; idle: number }>(
        `select (select setting::int from pg_settings where name = 'statement_timeout') as statement,
          (select setting::int from pg_settings where name = 'idle_in_transaction_session_timeout') as idle`,
      );
      const lost = [
        ...(rows[0]?.statement === expected ? [] : ['statement_timeout']),
        ...(rows[0]?.idle === IDLE_IN_TRANSACTION_TIMEOUT_MS ? [] : ['idle_in_transaction_session_timeout']),
      ];
      if (lost.length === 0) return [];
      return [
        {
          severity: 'warn',
          what: `${lost.join(' and ')} of the server do not hold at the database.`,
          why: 'A statement that runs away, or a process that hangs, holds locks without an end.',
          mend: `alter role … set statement_timeout = ${expected}; alter role … set idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_TIMEOUT_MS};`,
        },
      ];
    } finally {
      await client.end();
    }
  },
};

export const databaseConnectionChecks: readonly Check[] = [reachable, version, tls, clock, timeouts];
