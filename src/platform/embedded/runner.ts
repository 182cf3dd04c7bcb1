import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { SetupError } from '../errors.ts';
import type { Binaries } from './binaries.ts';
import type { DataFolder } from './folder.ts';

/** As whom PostgreSQL's programs run. */
export interface Runner {
  /** Stands before the command. */
  readonly prefix: readonly string[];
  /** The system user that the programs become and that owns their files; ours where there is none. */
  readonly account?: Account;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Nothing of ours: PGDATA and its kin would change what PostgreSQL does. English messages are what we look for. */
export const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const AS_WE_ARE: Runner = { prefix: [] };

/**
 * PostgreSQL refuses the user id 0, and only that. In a user namespace of its own a process of root's has another one,
 * and is still root's for every file outside: so the binaries and the data may lie in a folder that no other user can
 * enter, and the data stay root's.
 */
const IN_NAMESPACE: Runner = { prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000'] };

/** System users to become where namespaces are switched off, as in many containers. */
const SYSTEM_USERS = ['postgres', 'nobody'];

/**
 * Ordinary users run PostgreSQL as themselves. Root finds a way in which the binaries run and the folder can be
 * entered; what exists already is run by its owner, because PostgreSQL refuses the data of somebody else.
 *
 * @throws an error that says what to do, where there is no way
 */
export async function chooseRunner(folder: DataFolder, binaries: Binaries): Promise<Runner> {
  if (process.geteuid?.() !== 0) return AS_WE_ARE;

  const owner = await accountOf(folder.cluster);
  for (const runner of owner ? [asUser(owner)] : await newClusterRunners(folder)) {
    if (await works(runner, folder, binaries)) return runner;
  }
  // Binaries that nobody can run say better themselves what they lack.
  if (!(await works(AS_WE_ARE, folder, binaries))) return AS_WE_ARE;

  const others = owner?.uid
    ? `${folder.cluster} belongs to the user ${owner.uid}, who cannot run ${binaries.postgres} there`
    : `neither a user namespace nor another user (${SYSTEM_USERS.join(', ')}) can be used for ${folder.root}`;
  throw new SetupError(
    `PostgreSQL refuses to run as root, and ${others}. Run as an ordinary user, or set DATABASE_URL to an existing server.`,
  );
}

const asUser = (account: Account): Runner => (account.uid === 0 ? IN_NAMESPACE : { prefix: [], account });

async function newClusterRunners(folder: DataFolder): Promise<Runner[]> {
  // With sudo in somebody's home the way into the folder may be open to nobody but its owner.
  const owners = [await accountOf(folder.root), await accountOf(dirname(folder.root))];
  const users = [...owners, ...(await systemUsers())].filter(account => account !== null);
  return [IN_NAMESPACE, ...users.filter(({ uid }) => uid > 0).map(asUser)];
}

async function accountOf(path: string): Promise<Account | null> {
  return await stat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => null,
  );
}

async function systemUsers(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map(line => line.split(':'));
  return SYSTEM_USERS.flatMap(wanted => lines.filter(([name]) => name === wanted))
    .map(([, , uid, gid]) => ({ uid: Number(uid), gid: Number(gid) }))
    .filter(({ uid, gid }) => uid > 0 && gid >= 0);
}

async function works({ prefix, account }: Runner, folder: DataFolder, binaries: Binaries): Promise<boolean> {
  const attempt = ['/bin/sh', '-c', 'cd "$0" && exec "$1" --version', folder.root, binaries.postgres];
  const options = { cwd: '/', env: ENVIRONMENT, ...account };
  return await promisify(execFile)('/usr/bin/env', [...prefix, ...attempt], options).then(
    () => true,
    () => false,
  );
}
