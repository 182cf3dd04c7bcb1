import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const hasTaskset = (): boolean => {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const pins = process.platform === 'linux' && availableParallelism() > 1 && hasTaskset();

export const pinning = pins
  ? 'the server on one core, load generator and PostgreSQL on another'
  : 'processes not pinned to cores: taskset and two cores are needed for that';

/** This process and whatever it starts from now on, PostgreSQL and the load generator among it, leave core 0 to the servers. */
export function leaveServerCore(): void {
  if (pins) execFileSync('taskset', ['-a', '-p', '-c', '1', String(process.pid)], { stdio: 'ignore' });
}

/** The command that runs `command` on the servers' core, or on any. */
export function onCore(
  core: 'server' | 'any',
  command: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  if (!pins) return command;
  return ['taskset', '-c', core === 'server' ? '0' : `0-${availableParallelism() - 1}`, ...command];
}

/** Of the kernel's clock, in which /proc counts: 100 a second on every Linux that Node runs on. */
const TICK_MICROSECONDS = 10_000;

/** Processor time that a process has used, in microseconds; null where the system does not say. */
export function processorTime(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  // The name, which may hold spaces, ends at the last parenthesis.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

/** Files that a process has open besides its sockets; far more than that. */
const OTHER_FILES = 1_000;

/** Throws where a process may not have so many sockets open. Node itself asks the system for as many as the hard limit gives. */
export function needFiles(sockets: number): void {
  const limit = execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).trim();
  if (limit === 'unlimited' || Number(limit) >= sockets + OTHER_FILES) return;
  throw new Error(
    `A process may have ${limit} files open: raise it (ulimit -Hn) to ${sockets + OTHER_FILES} for this many sockets.`,
  );
}
