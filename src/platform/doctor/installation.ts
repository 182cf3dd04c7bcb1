import type { statfs } from 'node:fs/promises';
import { Environment } from '../environment.ts';
import type { DatabaseAccess } from './database-access.ts';

/** What is looked at, and how the world around it is asked: tests put others in their place. */
export interface Installation {
  /** The settings as they were given. */
  readonly given: Readonly<Record<string, string | undefined>>;
  /** The same, read: of those that have faults the defaults. */
  readonly settings: Environment;
  /** What production would refuse: sentences that begin with the setting's name. */
  readonly faults: readonly string[];
  /** The names of all settings that there are. */
  readonly known: readonly string[];
  /** Where `.env` is looked for. */
  readonly folder: string;
  readonly database: DatabaseAccess;
  readonly now: () => number;
  readonly nodeVersion: string;
  readonly statfs: (path: string) => Promise<Pick<Awaited<ReturnType<typeof statfs>>, 'bsize' | 'bavail' | 'blocks'>>;
  readonly limits: Limits;
}

/** From when on something is told of. */
export interface Limits {
  /** Numbers of use that are younger say nothing. */
  readonly statisticsMinAgeDays: number;
  readonly transactionMaxSeconds: number;
  readonly slotMaxBytes: number;
}

export const LIMITS: Limits = { statisticsMinAgeDays: 14, transactionMaxSeconds: 600, slotMaxBytes: 2 ** 30 };

/** The settings that can be read: each that cannot is left out, so that everything else can be looked at. */
export function readableSettings(given: Readonly<Record<string, string | undefined>>): Environment {
  const rest = { ...given };
  for (;;) {
    const parsed = Environment.safeParse(rest);
    if (parsed.success) return parsed.data;
    for (const { path } of parsed.error.issues) delete rest[String(path[0])];
  }
}

/** Whether somebody else's machine answers there. */
export function isRemote(url: string): boolean {
  const { hostname } = new URL(url);
  return !['', 'localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
