import type { Installation } from './installation.ts';

/** stop: a release must not go out with it. warn: it will hurt some day. info: worth knowing. */
export const SEVERITIES = ['stop', 'warn', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What a check found. None of its texts may hold a secret. */
export interface Finding {
  readonly severity: Severity;
  /** What it is about, where a check can find several: a setting, a table, a role. */
  readonly subject?: string;
  /** One sentence. */
  readonly what: string;
  /** What comes of it. */
  readonly why: string;
  /** The command or the setting that puts it right. */
  readonly mend: string;
}

export interface Check {
  /** Its group and its name, such as `database.version`. Scripts know it: it stays. */
  readonly id: string;
  /** What holds where it finds nothing, as a sentence. */
  readonly ok: string;
  /** Unless told, CHECK_TIMEOUT_MS. */
  readonly timeoutMs?: number;
  /** What is wrong; null where there is nothing to look at, because the thing is not set up or cannot be reached. */
  readonly look: (installation: Installation) => Promise<Found> | Found;
}

export type Found = readonly Finding[] | null;

/** A check's answer as it is told. `ok`: it looked and found nothing. */
export interface Told {
  readonly id: string;
  readonly severity: Severity | 'ok';
  readonly subject: string | null;
  readonly what: string;
  /** Null where nothing is wrong. */
  readonly why: string | null;
  readonly mend: string | null;
}
