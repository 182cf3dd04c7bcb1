import type { Clock } from '../../../../platform/clock.ts';
import type { Database } from '../../../../platform/database.ts';
import { type FaultyCall, takeFault } from './misbehaviour.ts';
import { inTransaction, reading } from './tables.ts';

/** A request to the sandbox, whatever server took it. */
export interface SandboxRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export interface SandboxReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** NEVER: the caller is left to wait. BROKEN: the connection is cut. */
export type SandboxAnswer = SandboxReply | 'NEVER' | 'BROKEN';

export interface SandboxParts {
  readonly database: Database;
  readonly clock: Clock;
  /** Where browsers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
}

export const json = (status: number, value: unknown): SandboxReply => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify(value),
});

/** An error as problem details (RFC 9457); `code` is for programs. */
export const problem = (status: number, title: string, code: string, detail: string): SandboxReply => ({
  status,
  headers: { 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' },
  body: JSON.stringify({ type: 'about:blank', title, status, code, detail }),
});

export const seeOther = (location: string): SandboxReply => ({
  status: 303,
  headers: { Location: location, 'Cache-Control': 'no-store' },
  body: '',
});

/** Does the work and answers, or does and says what it was told to get wrong. */
export async function withFault(
  { database }: SandboxParts,
  call: FaultyCall,
  work: () => Promise<SandboxAnswer>,
): Promise<SandboxAnswer> {
  const settings = await reading(database).selectFrom('sandbox_settings').select('one').executeTakeFirst();
  const fault = settings ? await inTransaction(database, db => takeFault(db, call)) : null;
  if (fault === 'ERROR_BEFORE') return BROKEN_DOWN;
  if (fault === 'DROP_BEFORE') return 'BROKEN';
  const answer = await work();
  switch (fault) {
    case null:
      return answer;
    case 'ERROR_AFTER':
      return BROKEN_DOWN;
    case 'HTML_AFTER':
      return MAINTENANCE;
    case 'DROP_AFTER':
      return 'BROKEN';
    case 'TIMEOUT_AFTER':
      return 'NEVER';
  }
}

const BROKEN_DOWN = problem(500, 'Internal Server Error', 'internal', 'The sandbox was told to answer so.');

const MAINTENANCE: SandboxReply = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
  body: '<!doctype html><html lang="en"><meta charset="utf-8"><title>Maintenance</title><h1>We will be back soon</h1></html>\n',
};
