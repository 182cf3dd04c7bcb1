import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ask } from './ask.ts';
import { onCore } from './machine.ts';

export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  /** Answers what was asked; of a server that was started with `answers` alone. */
  ask<Answer>(question: unknown): Promise<Answer>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Beside this file. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of Node. */
  readonly flags?: readonly string[];
  readonly core?: 'server' | 'any';
  /** Something in it answers questions, such as memory-probe.ts. */
  readonly answers?: boolean;
}

const START_MS = 60_000;
const STOP_MS = 10_000;

/** Starts a server with Node and waits for the address that it prints. */
export async function startServer({
  script,
  args = [],
  env,
  flags = [],
  core = 'server',
  answers = false,
}: ServerOptions): Promise<ServerProcess> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const [command, ...rest] = onCore(core, [process.execPath, ...flags, file, ...args]);
  // In a folder without an .env: the developer's own settings have no place here.
  const child = spawn(command, rest, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit', ...(answers ? (['ipc'] as const) : [])],
  });
  const url = await printedAddress(child, script);
  if (child.pid === undefined) throw new Error(`${script} has no process id.`);
  return { pid: child.pid, url, ask: question => ask(child, question), stop: () => stop(child) };
}

function printedAddress(child: ChildProcess, script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${script} ${why}`));
    const patience = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`printed no address within ${START_MS} ms.`);
    }, START_MS);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const [address] = /https?:\/\/[\w.:[\]-]+(?=\s)/.exec(text) ?? [];
      if (!address) return;
      clearTimeout(patience);
      resolve(address);
    });
    child.once('exit', code => {
      clearTimeout(patience);
      fail(`ended with ${code} before it served.`);
    });
    child.once('error', reject);
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  child.kill('SIGTERM');
  await once(child, 'exit');
  clearTimeout(patience);
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('There is no free port.');
  return address.port;
}
