import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { processorTime } from './machine.ts';
import type { ServerProcess } from './server-process.ts';

/** Somebody who does the work that is measured. */
export interface Contender {
  readonly name: string;
  readonly server: ServerProcess;
  readonly path: string;
  readonly body: object;
  readonly tokens: readonly string[];
  readonly connections: number;
  /** Throws where the answer is not the one that was asked for. */
  readonly check: (answer: unknown) => void;
}

export interface Measure {
  readonly answered: number;
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Processor time of the server for one request, in microseconds; null where the system does not say. */
  readonly processorMicros: number | null;
}

const DRIVER = fileURLToPath(new URL('peers/load.ts', import.meta.url));

/** As much as the connections can ask for, for so many seconds. Throws where an answer was no success. */
export async function putLoad(contender: Contender, seconds: number): Promise<Measure> {
  const { name, server, path, body, tokens, connections } = contender;
  const job = { url: server.url + path, body: JSON.stringify(body), tokens, connections, seconds };
  const before = processorTime(server.pid);
  const { stdout } = await promisify(execFile)(process.execPath, [DRIVER, JSON.stringify(job)]);
  const after = processorTime(server.pid);
  const result = JSON.parse(stdout) as Record<'answered' | 'failed' | 'seconds' | 'p50' | 'p99', number>;
  if (result.failed > 0 || result.answered === 0)
    throw new Error(`${name}: ${result.failed} requests failed: ${stdout}`);
  return {
    answered: result.answered,
    requestsPerSecond: result.answered / result.seconds,
    p50: result.p50,
    p99: result.p99,
    processorMicros: before === null || after === null ? null : (after - before) / result.answered,
  };
}

/** One request, its answer checked, so that nobody is fast by answering with something else. */
export async function checkOnce({ name, server, path, body, tokens, check }: Contender): Promise<void> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[0]}` },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  try {
    check(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${name} answers ${response.status} with something else: ${text.slice(0, 500)}`, { cause });
  }
}
