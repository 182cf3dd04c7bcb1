import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import { type DataFolder, syncFolder } from './folder.ts';
import { spawnGuarded } from './guardian.ts';
import type { Runner } from './runner.ts';
import { openLog, startFault } from './server-log.ts';

export const USER = 'duely';

const UNFINISHED = 'postgres.new-';

/**
 * Makes an empty cluster with a random password, unless there is one. It is made beside its place and moved there when
 * it is complete and on the disk: one that was interrupted is thrown away at the next start. The caller holds the lock.
 */
export async function ensureCluster(folder: DataFolder, binaries: Binaries, runner: Runner): Promise<void> {
  const names = await readdir(folder.root);
  for (const name of names.filter(name => name.startsWith(UNFINISHED))) {
    // An interrupted initdb may still be cleaning up on its own.
    await rm(join(folder.root, name), { recursive: true, force: true, maxRetries: 10 });
  }
  if (names.includes('postgres')) return;

  const unfinished = join(folder.root, UNFINISHED + randomBytes(6).toString('hex'));
  try {
    await makeCluster(unfinished, folder, binaries, runner);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
  await rename(unfinished, folder.home);
  await syncFolder(folder.root);
}

async function makeCluster(home: string, folder: DataFolder, binaries: Binaries, runner: Runner): Promise<void> {
  const password = join(home, 'password');
  await mkdir(home, { mode: 0o700 });
  await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600, flush: true });
  if (runner.account) {
    for (const path of [home, password]) await chown(path, runner.account.uid, runner.account.gid);
  }

  const log = openLog(folder.log);
  const initdb = spawnGuarded(runner, [binaries.initdb, ...initdbOptions(home, password)], log.descriptor);
  log.close();
  const { code, how } = await initdb.exited;
  if (code !== 0) throw startFault(folder, 'initdb', how, log.lastLines());
  await syncFolder(home);
}

const initdbOptions = (home: string, password: string) => [
  `--pgdata=${join(home, 'cluster')}`,
  `--username=${USER}`,
  `--pwfile=${password}`,
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale=C',
  // Upper and lower case of every script, without the system's locales; the order is that of the code points.
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--data-checksums',
  '--no-instructions',
];

export async function readPassword(folder: DataFolder): Promise<string> {
  try {
    return (await readFile(folder.password, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code !== 'ENOENT') throw error;
    throw new SetupError(
      `The file ${folder.password} is missing, without which the database beside it cannot be opened. Restore it, or move ${folder.home} away to begin with an empty database.`,
      { cause: error },
    );
  }
}
