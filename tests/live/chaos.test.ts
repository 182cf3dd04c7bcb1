import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Transact } from '../../src/change/transact.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Redis } from '../../src/platform/redis.ts';
import { openSignals } from '../../src/platform/signal.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTodo, withoutListLock } from '../support/feed-workload.ts';
import { createPeople, type SignedIn } from '../support/people.ts';
import { REDIS_MISSING, startRedis } from '../support/redis.ts';
import { createDataFolder, freePort, type ServerProcess, startServer } from '../support/server-process.ts';
import { unreliable } from '../support/unreliable-signals.ts';
import { cutListeners } from '../support/wires.ts';
import { openWriter } from '../support/writer.ts';
import { byEvents, bySocket, followThrough } from './follower.ts';

const CHANGES = Number(process.env.CHAOS_CHANGES ?? 100_000);
const WRITERS = 20;
const OWNERS = 5;
const KILLS = 3;
const SERVER = fileURLToPath(new URL('unreliable-server.ts', import.meta.url));

test.for([
  { by: 'NOTIFY', changes: CHANGES },
  // Shorter: it is the same but for what carries the wake-ups.
  { by: 'a Redis that is killed and frozen', changes: CHANGES / 5 },
])(
  `$changes changes by ${WRITERS} writers, two servers of which one is killed now and then, wake-ups that cannot be relied on, by $by: each of ten readers that leave and come back is given each change once, in order`,
  {
    timeout: 120_000 + CHANGES * 5,
  },
  async ({ by, changes }, { skip }) => {
    const redis = by === 'NOTIFY' ? null : ((await startRedis()) ?? skip(REDIS_MISSING));
    onTestFinished(() => redis?.[Symbol.asyncDispose]());
    await using database = await createTestDatabase();
    await withoutListLock(database);
    await using folder = await createDataFolder();
    const people = await createPeople(database, OWNERS);
    const settings = async () => ({
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      JWT_SECRETS: TEST_SECRET,
      PORT: await freePort(),
      ...(redis ? { REDIS_URL: redis.url } : {}),
    });
    const [steady, shaky] = [await settings(), await settings()];
    await using first = await startServer(folder, steady, SERVER);
    let second: ServerProcess = await startServer(folder, shaky, SERVER);
    let written = false;
    const urls = () => [first.url, second.url];

    const writing = writeAll(database, people, { changes, redisUrl: redis?.url }).then(() => {
      written = true;
    });
    const breaking = (async () => {
      for (let kill = 0; kill < KILLS && !written; kill += 1) {
        await sleep(1_000 + Math.random() * 3_000);
        await second[Symbol.asyncDispose]();
        await cutListeners(database);
        if (kill % 2 === 0) await redis?.kill();
        else redis?.freeze();
        await sleep(Math.random() * 1_000);
        if (kill % 2 === 0) await redis?.start();
        else redis?.thaw();
        second = await startServer(folder, shaky, SERVER);
      }
    })();
    const ends = new Map<string, number>();
    const reading = people.flatMap(person =>
      [bySocket, byEvents].map(way =>
        followThrough({
          urls,
          person,
          way,
          stayMax: changes / OWNERS / 3,
          isDone: ({ seqs }) => (seqs.at(-1) ?? 0) >= (ends.get(person.uuid) ?? Infinity),
        }),
      ),
    );
    await Promise.all([writing, breaking]);
    const stored = await readFeeds(database);
    for (const [ownerId, seqs] of stored) ends.set(ownerId, seqs.length);
    const followers = await Promise.all(reading);
    await second[Symbol.asyncDispose]();

    for (const { person, seqs } of followers) {
      const all = stored.get(person.uuid) ?? [];
      expect(firstDifference(seqs, all), `what ${person.uuid} was given, and what there is`).toBeNull();
    }
    // Without a hole, or there would be something that no reader could see missing.
    for (const seqs of stored.values()) expect(seqs.at(-1)).toBe(seqs.length);
    expect([...stored.values()].reduce((sum, seqs) => sum + seqs.length, 0)).toBeGreaterThanOrEqual(changes);
    expect(Math.min(...followers.map(follower => follower.connections()))).toBeGreaterThan(1);
  },
);

class RolledBack extends Error {}

/** Transactions of random length, on one owner or two, one in seven rolled back; half of them send no wake-up at all. */
async function writeAll(
  database: TestDatabase,
  people: readonly SignedIn[],
  { changes, redisUrl }: { changes: number; redisUrl: string | undefined },
): Promise<void> {
  const logger = createLogger('silent');
  const redis = redisUrl ? new Redis({ url: redisUrl, prefix: 'duely:', logger }) : null;
  onTestFinished(() => redis?.close());
  const signals = unreliable(openSignals({ url: database.url, redis, logger }));
  await using heard = openWriter(database, { signals });
  await using unheard = openWriter(database);
  let count = 0;
  const write = async (transact: Transact) => {
    const owners = people.toSorted(() => Math.random() - 0.5).slice(0, Math.random() < 0.8 ? 1 : 2);
    const length = 1 + Math.floor(Math.random() ** 2 * 200);
    await transact(null, async em => {
      for (let n = 0; n < length; n += 1) addTodo(em, owners[n % owners.length]?.uuid ?? '', `todo ${n}`);
      await em.flush();
      await sleep(Math.random() * 5);
      if (Math.random() < 0.15) throw new RolledBack();
    });
    count += length;
  };
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      while (count < changes)
        await write((writer % 2 === 0 ? heard : unheard).transact).catch((error: unknown) => {
          if (!(error instanceof RolledBack)) throw error;
        });
    }),
  );
}

async function readFeeds(database: TestDatabase): Promise<Map<string, number[]>> {
  const rows = await database.query<{ owner_id: string; seqs: number[] }>(
    'select owner_id, array_agg(seq::int order by seq) as seqs from changes group by owner_id',
  );
  return new Map(rows.map(row => [row.owner_id, row.seqs]));
}

/** Where two lists part; null where they are the same. */
function firstDifference(given: readonly number[], all: readonly number[]): object | null {
  for (let at = 0; at < Math.max(given.length, all.length); at += 1)
    if (given[at] !== all[at]) return { at, given: given.slice(at, at + 3), there: all.slice(at, at + 3) };
  return null;
}
