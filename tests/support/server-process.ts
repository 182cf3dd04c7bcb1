import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownSecrets } from './secrets.ts';
import { watchOutput } from './server-output.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const START_MS = 30_000;
/** Which a server makes for itself, in its folder. */
const MADE_SECRETS = ['jwt-secret', 'postgres/password'];

export interface DataFolder extends AsyncDisposable {
  readonly path: string;
  /** Of the PostgreSQL that ran there last. */
  postgresPid(): number;
}

export async function createDataFolder(): Promise<DataFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'duely-process-')));
  return {
    path,
    postgresPid: () => Number.parseInt(readFileSync(join(path, 'postgres/cluster/postmaster.pid'), 'utf8'), 10),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }),
  };
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ServerRun {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it printed so far. */
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

export interface ServerProcess extends ServerRun, AsyncDisposable {
  readonly url: string;
}

/**
 * `node src/main.ts`, or another script that serves, in a process of its own, with these settings and no others. What it
 * prints must not hold a secret.
 */
export function runServer(folder: DataFolder, settings: Record<string, string> = {}, script = MAIN): ServerRun {
  const child: ChildProcess = spawn(process.execPath, [script], {
    // Where there is no .env.
    cwd: folder.path,
    env: {
      PATH: process.env.PATH ?? '',
      DATA_DIR: folder.path,
      PORT: '0',
      LOG_LEVEL: 'trace',
      FREE_OPEN_TODOS: '1000000',
      RATE_LIMITS: 'off',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  let ended = false;
  // When all that it printed has been read.
  const exited = once(child, 'close').then(([code, signal]) => {
    ended = true;
    return { code, signal };
  });
  knownSecrets.addFromSettings(settings);
  watchOutput({ read: () => stdout + stderr, hasEnded: () => ended });
  return {
    pid: child.pid ?? 0,
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: signal => void child.kill(signal),
  };
}

/** Runs it and waits until it serves. Disposing of it kills it. */
export async function startServer(
  folder: DataFolder,
  settings: Record<string, string> = {},
  script = MAIN,
  startMs = START_MS,
): Promise<ServerProcess> {
  const run = runServer(folder, settings, script);
  const url = await printedAddress(run, startMs);
  for (const file of MADE_SECRETS) {
    const path = join(folder.path, file);
    if (existsSync(path)) knownSecrets.add(file, readFileSync(path, 'utf8').trim());
  }
  return {
    ...run,
    url,
    async [Symbol.asyncDispose]() {
      run.kill('SIGKILL');
      await run.exited;
    },
  };
}

/** As the contract says: ready when it has printed a line that has `http://` and the port in it. */
async function printedAddress(run: ServerRun, startMs: number): Promise<string> {
  let ended = false;
  void run.exited.then(() => {
    ended = true;
  });
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await new Promise(done => setTimeout(done, 5))) {
    const line = run
      .stdout()
      .split(/(?<=\n)/)
      .find(text => text.endsWith('\n') && /http:\/\/\S+:\d+/.test(text));
    if (line) return /http:\/\/[^\s/]+:\d+/.exec(line)?.[0] ?? '';
    if (ended) throw new Error(`The server ended before it served: ${run.stdout()}${run.stderr()}`);
  }
  run.kill('SIGKILL');
  throw new Error(`The server did not serve within ${startMs} ms: ${run.stdout()}${run.stderr()}`);
}

/** A port that was free a moment ago: for a server that has to come back at the same address. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
