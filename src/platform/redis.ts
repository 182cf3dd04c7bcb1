import type { RedisClientType } from 'redis';
import { DeadlineError, withinTime } from './deadline.ts';
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

/** Who listens to a channel. */
interface Subscriber {
  onMessage(message: string): void;
  /** From here on messages arrive, for the first time or after a break: those sent before may be lost. */
  onSubscribed(): void;
}

/**
 * A connection to a Redis that the process can do without: nobody waits for one that is away. It opens at once, and again
 * whenever it broke. What happens to it is logged once when it goes and once when it is back.
 */
export class Redis {
  /** Settles at the first connection, with what it listens to, or when it is known that there is none yet; never throws for want of one. */
  readonly opened: Promise<void>;
  readonly #logger: Logger;
  readonly #prefix: string;
  readonly #subscriptions: Subscription[] = [];
  #client: RedisClientType | null = null;
  /** It has left a command without an answer, and not answered since. */
  #isSilent = false;
  /** Told in the log. */
  #isAway = false;
  #isClosed = false;
  #refusalToldAt = Number.NEGATIVE_INFINITY;

  constructor({ url, prefix, logger }: { url: string; prefix: string; logger: Logger }) {
    this.#logger = logger;
    this.#prefix = prefix;
    this.opened = this.#open(url);
  }

  /** Whether it answers, as far as is known. */
  get isReady(): boolean {
    return !this.#isSilent && this.#client?.isReady === true;
  }

  /** The name of a key or a channel of this installation's own. */
  key(...parts: readonly string[]): string {
    return this.#prefix + parts.join(':');
  }

  /** Listens to a channel until the connection is closed, again after each break. */
  subscribe(channel: string, subscriber: Subscriber): { readonly isHeard: boolean } {
    const subscription = { channel, subscriber, isSubscribed: false };
    this.#subscriptions.push(subscription);
    if (this.#client?.isReady) void this.#resume(this.#client, subscription);
    const isReady = () => this.isReady;
    return {
      get isHeard() {
        return subscription.isSubscribed && isReady();
      },
    };
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
      return await withinTime(work, COMMAND_MS);
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
    if (this.isReady) await withinTime(client.close(), COMMAND_MS).catch(() => {});
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
      // One right less to ask for, and nobody looks at it.
      disableClientInfo: true,
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
    const known = new Promise<void>(resolve => {
      client.on('ready', () => {
        this.#isBack();
        Promise.all(this.#subscriptions.map(one => this.#resume(client, one))).then(() => resolve());
      });
      for (const event of ['error', 'end']) client.once(event, () => resolve());
    });
    // Until it is closed it tries again; the events tell what comes of it.
    client.connect().catch(() => {});
    await known;
  }

  /** The first time it has to be asked for; after a break the client has done so itself before it is ready. */
  async #resume(client: RedisClientType, subscription: Subscription): Promise<void> {
    const { channel, subscriber, isSubscribed } = subscription;
    try {
      if (!isSubscribed) await client.subscribe(channel, message => subscriber.onMessage(message));
    } catch (error) {
      // Where the connection broke, the next one is asked.
      if (client.isReady) this.#hasRefused(error);
      return;
    }
    subscription.isSubscribed = true;
    subscriber.onSubscribed();
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

interface Subscription {
  readonly channel: string;
  readonly subscriber: Subscriber;
  /** The client knows of it. */
  isSubscribed: boolean;
}
