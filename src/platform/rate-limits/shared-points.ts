import type { Logger } from '../logger.ts';
import type { Redis } from '../redis.ts';
import type { PointBuckets } from './points.ts';

const EVERY_MS = 1_000;
const KEYS_AT_ONCE = 500;

/**
 * The buckets of several processes, in Redis by its own clock: what was taken is put down, and what is left for all together
 * is answered. A bucket's key ends when it would be full.
 */
const SCRIPT = `
local capacity, rate = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local left = {}
for index, key in ipairs(KEYS) do
  local kept = redis.call('HMGET', key, 'points', 'at')
  local points, at = tonumber(kept[1]) or capacity, tonumber(kept[2]) or now
  points = math.min(capacity, points + math.max(0, now - at) * rate) - tonumber(ARGV[index + 2])
  points = math.max(-capacity, math.min(capacity, points))
  redis.call('HSET', key, 'points', tostring(points), 'at', string.format('%.6f', now))
  redis.call('PEXPIRE', key, math.ceil((capacity - points) / rate * 1000) + 1000)
  left[index] = tostring(points)
end
return left
`;

/**
 * Tells Redis every second what was taken here, and learns what the other processes took. In between each process goes by
 * what it knows, and while Redis is away by itself alone: no operation waits for it.
 */
export class SharedPoints {
  readonly #points: PointBuckets;
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> = Promise.resolve();

  constructor({ points, redis, logger }: { points: PointBuckets; redis: Redis; logger: Logger }) {
    this.#points = points;
    this.#redis = redis;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.synchronize(), EVERY_MS);
    this.#timer.unref();
  }

  /** Never throws. One runs behind the other. */
  synchronize(): Promise<void> {
    this.#running = this.#running.then(() => this.#exchange());
    return this.#running;
  }

  /** The last of what was taken here is told to the others. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.synchronize();
  }

  async #exchange(): Promise<void> {
    const taken = [...this.#points.collectTaken()];
    // What is taken meanwhile counts here alone: it would be an old debt by the time Redis is back.
    if (!this.#redis.isReady) return;
    try {
      for (let from = 0; from < taken.length; from += KEYS_AT_ONCE)
        await this.#exchangeSome(taken.slice(from, from + KEYS_AT_ONCE));
    } catch (error) {
      this.#logger.debug({ err: error }, 'points are counted by this process alone for now');
    }
  }

  async #exchangeSome(taken: readonly (readonly [key: string, points: number])[]): Promise<void> {
    const { capacity, perSecond } = this.#points.settings;
    const left = await this.#redis.run(client =>
      client.eval(SCRIPT, {
        keys: taken.map(([key]) => this.#redis.key('points', key)),
        arguments: [capacity, perSecond, ...taken.map(([, points]) => points)].map(String),
      }),
    );
    const numbers = (left as unknown[]).map(Number);
    for (const [index, [key]] of taken.entries()) {
      const points = numbers[index];
      if (points !== undefined && Number.isFinite(points)) this.#points.learn(key, points);
    }
  }
}
