import { createWriteStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openSnapshot } from '../change/snapshot.ts';
import { createExportFormats } from '../exports.ts';
import type { Config } from '../platform/config.ts';
import { SetupError } from '../platform/errors.ts';
import type { ExportFormatName } from '../platform/export/export-format.ts';
import { asOperator } from './operator.ts';
import { findPerson } from './person.ts';

export interface ExportTarget {
  readonly format: ExportFormatName;
  /** Null: the standard output. */
  readonly path: string | null;
}

/** Writes all that is kept of the person, and a security event. Throws a SetupError where it cannot. */
export async function exportPerson(config: Config, email: string, { format, path }: ExportTarget): Promise<void> {
  await asOperator(config, async ({ database, security, clock }) => {
    const { id: userId } = await findPerson(database, email);
    // Whether or not the file comes to be: from here on it is read.
    await security.recordAlone({ kind: 'DATA_EXPORTED', userId, byUserId: null, device: null });
    await using snapshot = await openSnapshot(database, userId);
    const text = createExportFormats(config, clock)[format].write(snapshot.em, userId);
    await pipeline(
      text,
      path === null ? standardOutput() : createWriteStream(path, { flags: 'wx', mode: 0o600 }),
    ).catch((error: unknown) => {
      throw isFileFault(error)
        ? new SetupError(`${path} cannot be written: ${error.message}`, { cause: error })
        : error;
    });
  });
  if (path !== null) process.stderr.write(`${email} is in ${path} now.\n`);
}

/** Which stays open: a pipeline would end it. */
const standardOutput = () =>
  new Writable({
    decodeStrings: false,
    write: (text, _encoding, done) => void process.stdout.write(text, () => done()),
  });

const isFileFault = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'path' in error;
