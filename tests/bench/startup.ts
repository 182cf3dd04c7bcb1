import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TYPENAME } from './operations.ts';
import { median } from './rounds.ts';
import { startServer } from './server-process.ts';

export interface StartTimes {
  /** Seconds until the first answer: into a folder that is empty, and into one that was used before. */
  readonly empty: number;
  readonly later: number;
}

const POLL_MS = 5;

/** Starts Duely with its embedded database so often, on all cores, and takes medians. */
export async function measureStarts(times: number): Promise<StartTimes> {
  const empty: number[] = [];
  const later: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const folder = await mkdtemp(join(tmpdir(), 'duely-bench-start-'));
    try {
      empty.push(await secondsToAnswer(folder));
      later.push(await secondsToAnswer(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { empty: median(empty), later: median(later) };
}

async function secondsToAnswer(folder: string): Promise<number> {
  const begun = performance.now();
  const env = { DATA_DIR: folder, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'error' };
  const server = await startServer({ script: '../../src/main.ts', env, core: 'any' });
  try {
    while (!(await answers(server.url))) await sleep(POLL_MS);
    return (performance.now() - begun) / 1000;
  } finally {
    await server.stop();
  }
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(TYPENAME),
  }).then(
    response => response.ok,
    () => false,
  );
