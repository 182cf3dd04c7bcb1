import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { Redis } from '../../src/platform/redis.ts';
import { openSignals, type Signals } from '../../src/platform/signal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { REDIS_MISSING, type RedisServer, startRedis } from '../support/redis.ts';
import { until } from '../support/wait.ts';
import { WIRES, type Wire } from '../support/wires.ts';

const TOPIC = 'topic';
const PREFIX = 'duely:';

const KILLS = 20;

interface Process {
  readonly signals: Signals;
  /** Null where it has none. */
  readonly redis: Redis | null;
  readonly heard: string[];
  gaps: number;
}

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  return () => database[Symbol.asyncDispose]();
});

/** Signals as a process of its own has them, gone after the test. */
async function openProcess(
  { REDIS_URL: url }: Record<string, string>,
  { prefix = PREFIX, databaseUrl = database.url } = {},
): Promise<Process> {
  const logger = createLogger('silent');
  const redis = url ? new Redis({ url, prefix, logger }) : null;
  const signals = openSignals({ url: databaseUrl, redis, logger });
  const process: Process = { signals, redis, heard: [], gaps: 0 };
  signals.listen(TOPIC, payload => void process.heard.push(payload));
  signals.onGap(() => {
    process.gaps += 1;
  });
  onTestFinished(async () => {
    await signals.close();
    await redis?.close();
  });
  // Each is told of as the end of a gap.
  await until('it has its connections', () => process.gaps === (redis ? 2 : 1));
  return process;
}

/** Publishes until one arrives: a connection that is not there yet loses them. */
const untilHeard = async (from: Process, to: Process) => {
  const name = randomUUID();
  await until('a wake-up arrives', () => {
    from.signals.publish(TOPIC, name);
    return to.heard.includes(name);
  });
};

describe.for(WIRES)('by $name', ({ open }) => {
  let wire: Wire;

  beforeEach(async ({ skip }) => {
    wire = await open(skip);
    return () => wire.close();
  });

  test('a signal is heard here at once and elsewhere in order, however many there are, and by its topic alone', async () => {
    const [here, there] = [await openProcess(wire.settings), await openProcess(wire.settings)];
    await untilHeard(here, there);
    const before = here.heard.length;
    const payloads = Array.from({ length: 2_000 }, (_, n) => `${n} äöü "quoted"`);

    for (const payload of payloads) {
      here.signals.publish('another topic', payload);
      here.signals.publish(TOPIC, payload);
    }
    const atOnce = here.heard.slice(before);
    await until('all were heard elsewhere', () => there.heard.includes(payloads.at(-1) ?? ''));

    expect(atOnce).toEqual(payloads);
    expect([...new Set(there.heard)].slice(1)).toEqual(payloads);
    expect(here.heard).toHaveLength(before + payloads.length);
  });

  test('what breaks the connection is told as a gap when it is back, and signals arrive again', async () => {
    const [here, there] = [await openProcess(wire.settings), await openProcess(wire.settings)];
    await untilHeard(here, there);
    const before = there.gaps;

    await wire.cut(database);
    await until('it is known', () => !there.signals.connected);
    here.signals.publish(TOPIC, 'to itself alone');
    await wire.mend();
    await until('there was a gap', () => there.gaps > before);
    await untilHeard(here, there);

    expect(here.heard).toContain('to itself alone');
  });

  test('one that is published just before the end is sent', async () => {
    const [here, there] = [await openProcess(wire.settings), await openProcess(wire.settings)];
    await untilHeard(here, there);

    here.signals.publish(TOPIC, 'last words');
    await here.signals.close();

    await until('it was heard', () => there.heard.includes('last words'));
  });
});

describe('where Redis is set', () => {
  let redis: RedisServer;
  let settings: Record<string, string>;

  beforeEach(async ({ skip }) => {
    const started = (await startRedis()) ?? skip(REDIS_MISSING);
    redis = started;
    settings = { REDIS_URL: started.url };
    return () => started[Symbol.asyncDispose]();
  });

  /** All that PostgreSQL tells of signals. */
  async function listenToNotify() {
    const client = new pg.Client({ connectionString: database.url });
    // The end of the database ends it too.
    client.on('error', () => {});
    await client.connect();
    onTestFinished(() => client.end());
    const messages: string[] = [];
    client.on('notification', ({ payload = '' }) => void messages.push(payload));
    await client.query('listen duely');
    return {
      /** Those that were sent until now. */
      async all() {
        const mark = randomUUID();
        await client.query(`notify duely, '${mark}'`);
        await until('the mark came', () => messages.includes(mark));
        return messages.join();
      },
    };
  }

  test('signals are nothing that PostgreSQL is asked for, but where the connection to Redis is new', async () => {
    const [here, there] = [await openProcess(settings), await openProcess(settings)];
    await untilHeard(here, there);
    const notify = await listenToNotify();
    const publish = async (name: string) => {
      here.signals.publish(TOPIC, name);
      await until(`${name} was heard`, () => there.heard.includes(name));
    };

    await until('PostgreSQL is asked too', async () => {
      here.signals.publish(TOPIC, 'while it is new');
      return (await notify.all()).includes('while it is new');
    });
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 10_000);
    await publish('later');
    await publish('behind that');
    clock.mockRestore();

    expect(await notify.all()).not.toMatch(/later|behind that/);
  });

  test('killed, it is done without: signals go by NOTIFY, and by Redis again when it is back', async () => {
    const [here, there] = [await openProcess(settings), await openProcess(settings)];
    await untilHeard(here, there);
    const notify = await listenToNotify();

    await redis.kill();
    await until('it is known', () => isWithout(here));
    here.signals.publish(TOPIC, 'without Redis');
    await until('it was heard', () => there.heard.includes('without Redis'));
    const told = await notify.all();
    await redis.start();
    await until('both listen to it again', async () => (await subscriberCount(redis)) === 2);
    await untilHeard(here, there);

    expect(told).toContain('without Redis');
  });

  test('frozen, what it does not take within its time goes by NOTIFY, and nothing is lost', async () => {
    const [here, there] = [await openProcess(settings), await openProcess(settings)];
    await untilHeard(here, there);

    // By both ways, as the connection to Redis is new: then nothing more is under way.
    here.signals.publish(TOPIC, 'the last one before');
    await until('it came twice', () => there.heard.filter(name => name === 'the last one before').length === 2);

    redis.freeze();
    const sent: string[] = [];
    // It may take the first ones before it stands still.
    await until('it is known', () => {
      sent.push(`${sent.length} into the frost`);
      here.signals.publish(TOPIC, sent.at(-1) ?? '');
      return isWithout(here);
    });

    await until('all were heard', () => sent.every(name => there.heard.includes(name)));
    redis.thaw();
    await untilHeard(here, there);
  });

  test('a process that cannot reach it is heard by all, as is a command', async () => {
    const there = await openProcess(settings);
    const without = await openProcess({});
    await until('the way is open', () => {
      without.signals.publish(TOPIC, 'from without');
      return there.heard.includes('from without');
    });
  });

  test('what is no message of ours is left alone', async () => {
    const [here, there] = [await openProcess(settings), await openProcess(settings)];
    await untilHeard(here, there);
    const client = await createClient({ url: redis.url }).connect();

    for (const message of ['', 'null', '{"', '[]', '["x"]', '["x", [["topic"]]]', '["x", [["topic", 1]]]', '["x", 7]'])
      await client.publish('duely:signals', message);
    await client.publish('duely:signals', '["x", [["topic", "sound"]]]');
    await until('the sound one was heard', () => there.heard.includes('sound'));

    expect(new Set(there.heard)).toEqual(new Set([there.heard[0], 'sound']));
    await client.close();
  });

  test('installations with prefixes of their own hear nothing of each other', async () => {
    await using other = await createTestDatabase();
    const one = { prefix: 'one:' };
    const [here, there] = [await openProcess(settings, one), await openProcess(settings, one)];
    const stranger = await openProcess(settings, { prefix: 'two:', databaseUrl: other.url });

    await untilHeard(here, there);

    expect(stranger.heard).toEqual([]);
  });

  test(`${KILLS} times killed and started again, it has as many connections and listeners as at first`, {
    timeout: 60_000 + KILLS * 5_000,
  }, async () => {
    const [here, there] = [await openProcess(settings), await openProcess(settings)];
    await untilHeard(here, there);
    const before = await countOpen(redis);

    for (let n = 0; n < KILLS; n += 1) {
      await redis.kill();
      await until('it is known', () => isWithout(here) && isWithout(there));
      await redis.start();
      await until('both listen to it again', async () => (await subscriberCount(redis)) === 2);
      await untilHeard(here, there);
    }

    expect(await countOpen(redis)).toEqual(before);
  });
});

const isWithout = ({ redis }: Process) => redis?.isReady === false;

async function subscriberCount({ url }: RedisServer): Promise<number> {
  const client = await createClient({ url }).connect();
  const counts = await client.pubSubNumSub(`${PREFIX}signals`);
  await client.close();
  return Number(counts[`${PREFIX}signals`]);
}

async function countOpen({ url }: RedisServer) {
  const client = await createClient({ url }).connect();
  const [clients, subscribers] = [await client.clientList(), await client.pubSubNumSub(`${PREFIX}signals`)];
  await client.close();
  const [listening] = await database.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and application_name = 'duely signals'`,
  );
  return {
    clients: clients.length,
    subscribers: Number(subscribers[`${PREFIX}signals`]),
    listening: listening?.count,
    sockets: process.getActiveResourcesInfo().filter(name => name === 'TCPSocketWrap').length,
  };
}
