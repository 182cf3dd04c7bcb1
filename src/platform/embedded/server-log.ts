import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { SetupError } from '../errors.ts';
import { type DataFolder, diskFull } from './folder.ts';

const SIZE_LIMIT_BYTES = 10 * 1024 * 1024;
const LINES_SHOWN = 15;

/** The file that takes what PostgreSQL's programs say, from one start on. */
export interface ServerLog {
  readonly descriptor: number;
  /** The last lines since it was opened. */
  lastLines(): string;
  close(): void;
}

/** Appends, so that a crash can be looked into after the next start; begins anew when the file has grown large. */
export function openLog(path: string): ServerLog {
  const descriptor = openSync(path, 'a', 0o600);
  const { size } = fstatSync(descriptor);
  if (size > SIZE_LIMIT_BYTES) {
    closeSync(descriptor);
    closeSync(openSync(path, 'w', 0o600));
    return openLog(path);
  }
  return {
    descriptor,
    lastLines: () => readFileSync(path).subarray(size).toString().trimEnd().split('\n').slice(-LINES_SHOWN).join('\n'),
    close: () => closeSync(descriptor),
  };
}

/** What PostgreSQL says, and what it means to whoever started the server. The first that matches holds. */
const MEANINGS: readonly [RegExp, (folder: DataFolder, found: RegExpExecArray) => string][] = [
  [
    /initialized by PostgreSQL version (\S+), which is not compatible with this version (\d+)/,
    ({ root, home }, [, theirs, ours]) =>
      `The data folder ${root} was made by PostgreSQL ${theirs}, this server is ${ours}: dump it with the old one and load it with the new one, or move ${home} away to begin with an empty database.`,
  ],
  [
    /error while loading shared libraries|Library not loaded/,
    () =>
      'PostgreSQL does not find its own libraries: its install script did not run. Run `npm rebuild` with scripts allowed, or set DATABASE_URL to an existing server.',
  ],
  [
    /guardian: .*(not found|No such file or directory)/,
    () =>
      'The embedded PostgreSQL does not run on this system, which has another C library than it was built for. Set DATABASE_URL to an existing server.',
  ],
  [
    /wrong ownership|Permission denied|Read-only file system/,
    ({ root }) =>
      `PostgreSQL may not read or write its data in ${root}. Give the folder to the user who runs this, or set DATA_DIR to another folder.`,
  ],
  [
    /pre-existing shared memory block/,
    ({ root }) =>
      `Processes of an earlier PostgreSQL still use the data folder ${root}. End them, or set DATA_DIR to another folder.`,
  ],
  [
    /not a valid data directory|pg_control|checkpoint record|invalid page|could not (?:open|read) (?:file|directory) "(?:base|global|pg_)/,
    ({ home }) =>
      `The database in ${home} is damaged. Restore it from a backup, or move it away to begin with an empty one.`,
  ],
];

/** A sentence for a program of PostgreSQL's that ended, with its last words as the cause. */
export function startFault(folder: DataFolder, program: string, how: string, cause: string): Error {
  if (/No space left on device|quota exceeded|Check free disk space/.test(cause)) return diskFull(folder.root, cause);

  for (const [pattern, sentence] of MEANINGS) {
    const found = pattern.exec(cause);
    if (found) return new SetupError(sentence(folder, found), { cause });
  }
  return new SetupError(`PostgreSQL's ${program} ${how}. More in ${folder.log}.`, { cause });
}
