import { type SpawnOptions, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { ENVIRONMENT, type Runner } from './runner.ts';

/**
 * Runs its arguments as a command and stops it at the end of file of descriptor 3, whose other end this Node process
 * holds: `stop()` closes it, and so does the kernel, however Node ends. As the command's parent it signals no one else,
 * because an id is not given anew before its parent has collected it.
 *
 * SIGINT is PostgreSQL's fast shutdown and initdb's order to clean up. It is repeated because a shell starts background
 * commands with SIGINT ignored, so that one before the command has set its handlers is lost. SIGQUIT, after some
 * seconds, gives up the shutdown's checkpoint; the next start recovers. The guardian itself ignores what a service
 * manager sends to all processes, so that the server outlives Node's own orderly stop.
 */
const SCRIPT = `
trap '' HUP INT TERM
"$@" 3<&- &
child=$!
(
  while read -r _; do :; done <&3
  tries=0
  while kill -INT "$child"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 5 ]; then kill -QUIT "$child"; fi
    sleep 1
  done
) 2>/dev/null &
watch=$!
exec 3<&-
wait "$child"
status=$?
kill -KILL "$watch"
exit "$status"
`;

export interface Exit {
  readonly code: number | null;
  /** For a message: how it ended. */
  readonly how: string;
}

export interface Guarded {
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** Lets Node end although the command runs: which then stops too. */
  unref(): void;
  /** Stops the command and waits for its end; a repeat waits too. */
  stop(): Promise<Exit>;
}

/** @param log descriptor that takes the output of the command */
export function spawnGuarded(runner: Runner, command: readonly string[], log: number): Guarded {
  const options: SpawnOptions = {
    // A session of its own: a Ctrl-C in the terminal reaches only Node, which stops the server when it is done.
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    env: ENVIRONMENT,
    cwd: '/',
    ...runner.account,
  };
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', ...runner.prefix, ...command], options);
  const lifeline = child.stdio[3];
  if (!(lifeline instanceof Socket)) throw new Error('The guardian of PostgreSQL has no pipe.');
  lifeline.on('error', () => lifeline.destroy());

  const exited = new Promise<Exit>(resolve => {
    child.once('error', error => resolve({ code: null, how: `could not be run: ${error.message}` }));
    child.once('exit', (code, signal) =>
      resolve({ code, how: signal ? `was ended by ${signal}` : `ended with code ${code}` }),
    );
  });
  return {
    exited,
    unref() {
      child.unref();
      lifeline.unref();
    },
    stop() {
      child.ref();
      lifeline.destroy();
      return exited;
    },
  };
}
