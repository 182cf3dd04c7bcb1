import { execFile } from 'node:child_process';
import { readFile, readlink, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SetupError } from '../errors.ts';

/** A fast shutdown writes what memory holds, which a slow disk may take its time for; after it the server is crashed. */
const FAST_SHUTDOWN_MS = 15_000;
const CRASH_MS = 10_000;

/**
 * Stops the server that an earlier process left running on the cluster, and waits for its end. The caller holds the
 * folder's lock, so that nobody uses it any more.
 *
 * A process id in a file may long be another program's: nothing is signalled that has not been recognised, and such a
 * file is removed, because PostgreSQL itself would take the other program for its server and refuse to start. The file
 * of a dead process is left to PostgreSQL, which then also looks for processes that still share the dead one's memory.
 *
 * @throws where the process cannot be told apart from the cluster's server, or does not end
 */
export async function stopLeftover(cluster: string): Promise<void> {
  const file = join(cluster, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (!isAlive(pid)) return;

  switch (await recognise(pid, cluster)) {
    case 'server':
      return await shutDown(pid, cluster);
    case 'stranger':
      return await rm(file, { force: true });
    case 'unclear':
      throw new SetupError(
        `The file ${file} names process ${pid}, a PostgreSQL of which it cannot be seen whether it serves this folder. If it does, stop it; if it does not, delete the file.`,
      );
  }
}

export function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function shutDown(pid: number, cluster: string): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', CRASH_MS],
  ] as const) {
    process.kill(pid, signal);
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      await sleep(20);
      if (!isAlive(pid) || (await recognise(pid, cluster)) !== 'server') return;
    }
  }
  throw new SetupError(
    `An earlier PostgreSQL, process ${pid}, still runs on ${cluster} and does not stop. End it by hand.`,
  );
}

type Recognised = 'server' | 'stranger' | 'unclear';

const recognise = (pid: number, cluster: string): Promise<Recognised> =>
  process.platform === 'linux' ? recogniseByProc(pid, cluster) : recogniseByPs(pid, cluster);

/** A process that has ended but not been collected has no command line, and so is a stranger. */
async function recogniseByProc(pid: number, cluster: string): Promise<Recognised> {
  const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (basename(words[0] ?? '') !== 'postgres') return 'stranger';
  if (words.includes(cluster)) return 'server';

  // The folder may have been moved while the server ran, whose current directory moves along.
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (directory === null) return 'unclear';
  return directory === cluster ? 'server' : 'stranger';
}

/** For macOS, which has no /proc. */
export async function recogniseByPs(pid: number, cluster: string): Promise<Recognised> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  if (stdout.includes(`postgres -D ${cluster} `)) return 'server';
  return /(^|\/)postgres\b/.test(stdout) ? 'unclear' : 'stranger';
}
