import type { RedisClientType } from 'redis';
import { DeadlineError } from './deadline.ts';
import type { Logger } from './logger.ts';

const CONNECT_MS = 2_000;
/** Longer than any answer of a Redis that is well, shorter than a person's patience. */
const COMMAND_MS = 1_000;
/** A connection on which nothing came for so long is given up: the other side may be gone without a word. */
const SILENCE_MS = 5_000;
const PING_EVERY_MS = 2_000;
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2_000;
/** Refusals go on until somebody puts them right, so they are told again, but not for every request. */
const REFUSALS_TOLD_EVERY_MS = 60_000;

/**
 * A connection to a Redis that the process can do without: nobody waits for one that is away. It opens at once, and again
 * whenever it broke. What happens to it is logged once when it goes and once when it is back.
 */
export class Redis {
  /** Settles at the first connection, or when it is known that there is none yet; never throws for want of one. */
  readonly opened: Promise<void>;
  readonly #logger: Logger;
  #client: RedisClientType | null = null;
  /** It has left a command without an answer, and not answered since. */
  #isSilent = false;
  /** Told in the log. */
  #isAway = false;
  #isClosed = false;
  #refusalToldAt = Number.NEGATIVE_INFINITY;

  constructor({ url, logger }: { url: string; logger: Logger }) {
    this.#logger = logger;
    this.opened = this.#open(url);
  }

  /** Whether it answers, as far as is known. */
  get isReady(): boolean {
    return !this.#isSilent && this.#client?.isReady === true;
  }

  /**
   * Runs commands. Throws at once where Redis is away, within a second where it does not answer, and where it refuses one.
   * What threw may have been done all the same.
   */
  async run<Result>(commands: (client: RedisClientType) => Promise<Result>): Promise<Result> {
    const client = this.#client;
    if (!client || !this.isReady) throw new Error('There is no connection to Redis.');
    const work = commands(client);
    try {
      return await withinTime(work);
    } catch (error) {
      if (error instanceof DeadlineError) {
        this.#isSilent = true;
        this.#isLost(error);
        // Whatever the answer is: Redis was slow and not gone.
        const answered = () => {
          if (client.isReady) this.#isBack();
        };
        work.then(answered, answered);
      } else if (client.isReady) this.#hasRefused(error);
      throw error;
    }
  }

  /** Lets what is under way finish where Redis answers. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const client = this.#client;
    if (!client?.isOpen) return;
    if (this.isReady) await withinTime(client.close()).catch(() => {});
    client.destroy();
  }

  async #open(url: string): Promise<void> {
    // Loaded where it is asked for: most installations have no Redis.
    const { createClient } = await import('redis');
    if (this.#isClosed) return;
    const client = createClient({
      url,
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
      pingInterval: PING_EVERY_MS,
      socket: {
        connectTimeout: CONNECT_MS,
        socketTimeout: SILENCE_MS,
        // With chance in it, so that the processes do not all come back in the same breath.
        reconnectStrategy: retries =>
          Math.min(RECONNECT_MIN_MS * 2 ** retries, RECONNECT_MAX_MS) * (0.75 + Math.random() / 2),
      },
    });
    this.#client = client;
    client.on('error', error => this.#isLost(error));
    client.on('ready', () => this.#isBack());
    const known = new Promise<void>(resolve => {
      for (const event of ['ready', 'error', 'end']) client.once(event, () => resolve());
    });
    // Until it is closed it tries again; the events tell what comes of it.
    client.connect().catch(() => {});
    await known;
  }

  #isLost(error: unknown): void {
    if (this.#isAway || this.#isClosed) return;
    this.#isAway = true;
    this.#logger.warn({ err: error }, 'Redis does not answer: this process does without it and keeps trying');
  }

  #isBack(): void {
    this.#isSilent = false;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#logger.info('Redis answers again');
  }

  #hasRefused(error: unknown): void {
    if (performance.now() - this.#refusalToldAt < REFUSALS_TOLD_EVERY_MS) return;
    this.#refusalToldAt = performance.now();
    this.#logger.warn({ err: error }, 'Redis refused a command: this process does without it');
  }
}

/** Throws a DeadlineError where the work takes longer than a command may. */
function withinTime<Result>(work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    // In a process that was busy itself the answer may be there already, and is read before what is immediate.
    const timer = setTimeout(() => setImmediate(() => reject(new DeadlineError(COMMAND_MS))), COMMAND_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
