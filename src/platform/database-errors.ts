import { OptimisticLockError } from '@mikro-orm/core';

/**
 * What a database error means to whoever ran the statement. The one place that knows SQLSTATE codes
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
export type DatabaseFault =
  /** A value that has to be unique is there already; `constraint` is the name of the index. */
  | { kind: 'UNIQUE'; constraint: string }
  /** Another transaction changed the same row in between: the same work may be done again on what is there now. */
  | { kind: 'CONFLICT' }
  /** A serialization failure, a dead-lock or a lost prepared statement: the same work may simply be done again. */
  | { kind: 'RETRY' }
  /** Somebody else held a lock for longer than the statement was to wait. */
  | { kind: 'LOCKED' }
  /** It could not be asked, or did not answer in time. */
  | { kind: 'UNAVAILABLE' };

const LOCK_NOT_AVAILABLE = '55P03';
/** A prepared statement is not there, or is there already: a pooler has handed its session to somebody else. */
const LOST_STATEMENT_STATES = new Set(['26000', '42P05']);
const RETRY_STATES = new Set(['40001', '40P01', ...LOST_STATEMENT_STATES]);
/** Whole classes: what is wrong with the connection, what it lacks (disk, memory, connections), what the system refused. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '58']);
const UNAVAILABLE_STATES = new Set([
  '25006', // read-only: a standby, or a primary that another one has taken over from
  '57014', // canceled: statement_timeout
  '57P01', // terminated by an administrator
  '57P02', // crash shutdown
  '57P03', // starting up
  '25P03', // idle_in_transaction_session_timeout
]);
const CONNECTION_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);
/** `pg` has no codes for these. */
const CONNECTION_MESSAGES =
  /timeout exceeded when trying to connect|^timeout expired$|Connection terminated|connection is closed|not queryable|Client was closed|Cannot use a pool after/i;

/** Whether there is no room for one more connection. */
export const isFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '53300';

/** Of a SQLSTATE, which has five characters; codes of the system's have others. */
const classOf = (code: string): string => (code.length === 5 ? code.slice(0, 2) : '');

/** What the error says, wherever in its chain of causes the driver's own error stands; null where it is something else. */
export function databaseFault(error: unknown): DatabaseFault | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 6; cause = cause.cause, depth += 1) {
    if (cause instanceof OptimisticLockError) return { kind: 'CONFLICT' };
    const code = codeOf(cause);
    if (code === '23505') {
      return { kind: 'UNIQUE', constraint: 'constraint' in cause ? String(cause.constraint) : '' };
    }
    if (RETRY_STATES.has(code)) return { kind: 'RETRY' };
    if (code === LOCK_NOT_AVAILABLE) return { kind: 'LOCKED' };
    // PostgreSQL ends the connection, whatever for: nothing more can be asked over it.
    if ('severity' in cause && cause.severity === 'FATAL') return { kind: 'UNAVAILABLE' };
    if (UNAVAILABLE_STATES.has(code) || UNAVAILABLE_CLASSES.has(classOf(code)) || CONNECTION_ERRORS.has(code))
      return { kind: 'UNAVAILABLE' };
    if (CONNECTION_MESSAGES.test(cause.message)) return { kind: 'UNAVAILABLE' };
    // Several addresses were tried for one host.
    if (cause instanceof AggregateError && cause.errors.some(inner => databaseFault(inner)?.kind === 'UNAVAILABLE'))
      return { kind: 'UNAVAILABLE' };
  }
  return null;
}

/** Whether a pooler lost a prepared statement, or had it of somebody else: nothing of it was done. */
export const isLostStatement = (error: unknown): boolean => LOST_STATEMENT_STATES.has(codeOf(error));

/**
 * Whether opening a connection may well succeed a moment later, as with a database that was asleep or is just starting.
 * Not where the address, the account or its password is wrong, nor where all connections of the pool are in use.
 */
export function isColdStart(error: unknown): boolean {
  if (databaseFault(error)?.kind !== 'UNAVAILABLE' || !(error instanceof Error)) return false;
  if (/timeout exceeded when trying to connect|Cannot use a pool after/i.test(error.message)) return false;
  return !/^(28|3D|08P01|ENOTFOUND)/.test(codeOf(error));
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
