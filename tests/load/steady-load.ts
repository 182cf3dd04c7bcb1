import { setTimeout as sleep } from 'node:timers/promises';
import { startHelper } from '../bench/ask.ts';
import type { BenchDatabase } from '../bench/database.ts';
import { MANY_SOCKETS, startDuely } from '../bench/duely.ts';
import { FOLLOW } from '../bench/latency.ts';
import { type Memory, PROBED } from '../bench/memory.ts';
import { addPeople } from '../bench/people.ts';
import { median } from '../bench/rounds.ts';
import type { ServerProcess } from '../bench/server-process.ts';
import { openSubscribers } from '../bench/subscribers.ts';
import type { MixedLoad, MixedResult } from './mixed-load.ts';

export interface SteadyLoad {
  readonly minutes: number;
  /** Each of them follows a feed of its own. */
  readonly sockets: number;
  /** Of what the server can do, which is found out first; or so many operations a second, whatever it can do. */
  readonly rate: { readonly share: number } | { readonly perSecond: number };
}

export interface SteadyResult {
  /** Operations that were begun in a second. */
  readonly perSecond: number;
  readonly load: MixedResult;
  /** Milliseconds from each change to its follower. */
  readonly receipt: readonly number[];
  /** What the server held when it had given back what it could, from the beginning to the end. */
  readonly memory: readonly Memory[];
}

/** Who asks at once while the capacity is looked for: more than there are connections to the database. */
const AT_ONCE = 32;
const CAPACITY_SECONDS_MAX = 60;
/** For what is still under way in the end. */
const PATIENCE_SECONDS = 120;
/** Points at which the memory is looked at: each costs the server a moment. */
const POINTS = 20;

/**
 * Reads and writes that come at a constant rate for so long, while sockets follow the feeds that are written to. Throws where a follower was not given each change once.
 */
export async function measureSteadyLoad(
  { url, client }: BenchDatabase,
  { minutes, sockets, rate }: SteadyLoad,
): Promise<SteadyResult> {
  const people = await addPeople(client, sockets);
  await using undo = new AsyncDisposableStack();
  const server = await startDuely(url, { ...PROBED, env: MANY_SOCKETS });
  undo.defer(() => server.stop());
  const subscribers = undo.use(await openSubscribers({ url: server.url, query: FOLLOW, people }));
  const asker = undo.use(startHelper('../load/mixed-load.ts'));

  const put = async (seconds: number, pace: MixedLoad['pace']) => {
    const load: MixedLoad = { url: server.url, tokens: people.map(({ token }) => token), seconds, pace };
    const result = await asker.ask<MixedResult>(load, (seconds + PATIENCE_SECONDS) * 1_000);
    const { delays } = await subscribers.receive(result.created).catch((cause: unknown) => {
      throw new Error(
        `Followers were not given all changes, ${result.failed} of ${result.answered} operations failed: ${result.failures.join('; ')}. What else runs here? The rate was to be borne.`,
        { cause },
      );
    });
    return { result, delays };
  };
  const seconds = minutes * 60;
  const findCapacity = async () => {
    const trial = Math.min(CAPACITY_SECONDS_MAX, seconds / 2) / 2;
    // The first half of it is for the compiler.
    await put(trial, { atOnce: AT_ONCE });
    const begun = performance.now();
    const { result } = await put(trial, { atOnce: AT_ONCE });
    // Until the followers have it all: what they lag behind by is work that was put off.
    return result.answered / ((performance.now() - begun) / 1_000);
  };
  const perSecond = 'share' in rate ? rate.share * (await findCapacity()) : rate.perSecond;
  const [{ result: load, delays }, memory] = await Promise.all([
    put(seconds, { perSecond }),
    memoryAlong(server, (seconds * 1_000) / POINTS),
  ]);
  return { perSecond, load, receipt: delays, memory };
}

async function memoryAlong(server: ServerProcess, everyMs: number): Promise<Memory[]> {
  const memory: Memory[] = [];
  for (let n = 0; n < POINTS; n += 1) {
    await sleep(everyMs);
    memory.push(await server.ask<Memory>('memory'));
  }
  return memory;
}

/** Memory that grows by no more than this in the second half is as good as flat: V8 keeps more or less, as it likes. */
export const FLAT = 1.1;

/** How much more the server holds in the last quarter of the time than in the one before: 1 where it is as much. */
export function growth(memory: readonly Memory[], what: keyof Memory): number {
  const half = memory.slice(Math.floor(memory.length / 2));
  const middle = Math.floor(half.length / 2);
  const [earlier, later] = [half.slice(0, middle), half.slice(middle)].map(points =>
    median(points.map(point => point[what])),
  ) as [number, number];
  return later / earlier;
}
