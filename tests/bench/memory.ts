import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from './server-process.ts';

export type Memory = Pick<NodeJS.MemoryUsage, 'rss' | 'heapUsed'>;

/** Options of a server whose memory is asked for. */
export const PROBED = {
  flags: ['--expose-gc', '--import', fileURLToPath(new URL('memory-probe.ts', import.meta.url))],
  answers: true,
} as const;

const PAUSE_MS = 1_000;
const PAUSES_MAX = 30;
/** What two looks may differ by where nothing goes on: a page of V8's. */
const STILL_BYTES = 512 * 1024;

/** The server's memory, as soon as it no longer changes. */
export async function settledMemory(server: ServerProcess): Promise<Memory> {
  let before = await server.ask<Memory>('memory');
  for (let pauses = 0; pauses < PAUSES_MAX; pauses += 1) {
    await sleep(PAUSE_MS);
    const now = await server.ask<Memory>('memory');
    if (Math.abs(now.rss - before.rss) < STILL_BYTES) return now;
    before = now;
  }
  throw new Error(`The memory of ${server.url} does not settle.`);
}
