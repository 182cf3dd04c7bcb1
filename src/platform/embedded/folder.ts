import { access, constants, mkdir, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';

/** Where things stand in a data folder. */
export interface DataFolder {
  readonly root: string;
  readonly lock: string;
  /** Process id of the lock's holder. */
  readonly holder: string;
  readonly log: string;
  /** Cluster and password together, so that both come into being by one rename. */
  readonly home: string;
  readonly cluster: string;
  readonly password: string;
}

/** Makes the folder where it is missing. All paths are real ones, so that one folder has one name. */
export async function openFolder(dataDir: string): Promise<DataFolder> {
  await mkdir(dataDir, { recursive: true });
  const root = await realpath(dataDir);
  await access(root, constants.R_OK | constants.W_OK | constants.X_OK);

  const home = join(root, 'postgres');
  return {
    root,
    lock: join(root, 'postgres.lock'),
    holder: join(root, 'postgres.holder'),
    log: join(root, 'postgres.log'),
    home,
    cluster: join(home, 'cluster'),
    password: join(home, 'password'),
  };
}

/** Makes renames and deletions in the folder outlast a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** A sentence for what the operating system refused in the data folder; any other error as it is. */
export function folderFault(dataDir: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    // Node's answer to a recursive mkdir on a read-only disk.
    case 'ENOENT':
    // Only the lock uses SQLite, and what it cannot do is to open or lock its file.
    case 'ERR_SQLITE_ERROR':
      return new SetupError(
        `The data folder ${dataDir} is not a folder that this user (uid ${process.geteuid?.()}) can read and write. Change its owner or permissions, or set DATA_DIR to another folder.`,
        { cause: error },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(dataDir, error);
    default:
      return error;
  }
}

export const diskFull = (dataDir: string, cause: unknown) =>
  new SetupError(`There is no space left for the data folder ${dataDir}. Free some, or set DATA_DIR to another disk.`, {
    cause,
  });
