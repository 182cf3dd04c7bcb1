import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { Signals } from '../platform/signal.ts';
import type { FeedPosition } from './cursor.ts';
import { type ChangeRow, readChanges, readFeedEnd, readFeedEnds } from './feed.ts';
import { FEED_TOPIC, forkFor } from './transact.ts';

/** How often the table is asked whether a wake-up was lost. */
const SWEEP_INTERVAL_MS = 2_000;
/** Rows read at once: a reader holds no more than these. */
const PAGE_SIZE = 200;
const RETRY_DELAY_MS = 500;

/** How far one owner's feed is known to reach, and who in this process waits for more. */
interface OwnerState {
  seq: number;
  followers: Set<FeedFollower>;
  /** Reads under way, by the position behind which they read: whoever stands at one position shares a read. */
  reads: Map<string, Promise<ChangeRow[]>>;
}

/**
 * Follows feeds. The table is the truth: a follower reads it in pages from its own position, at its own pace, and waits
 * only where there is nothing behind it. A wake-up says that there may be more; one that is lost is found by the sweep.
 */
export class FeedReader {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #owners = new Map<string, OwnerState>();
  readonly #unlisten: (() => void)[];
  readonly #timer: NodeJS.Timeout;
  #sweeping = false;

  constructor({ database, signals, logger }: { database: Database; signals: Signals; logger: Logger }) {
    this.#database = database;
    this.#logger = logger;
    this.#unlisten = [
      signals.listen(FEED_TOPIC, payload => {
        const [ownerId = '', seq] = payload.split(' ');
        this.#reaches(ownerId, Number(seq));
      }),
      signals.onGap(() => void this.sweep()),
    ];
    this.#timer = setInterval(() => void this.sweep(), SWEEP_INTERVAL_MS);
    this.#timer.unref();
  }

  /** How many follow: a subscription that is over must not be among them. */
  get followerCount(): number {
    return this.#owners.values().reduce((count, { followers }) => count + followers.size, 0);
  }

  /** How many changes are known that their followers have not taken, and how long the first of them has waited. */
  lag(now: number): { readonly changes: number; readonly ms: number } {
    let changes = 0;
    let ms = 0;
    for (const { seq, followers } of this.#owners.values()) {
      for (const follower of followers) {
        changes += Math.max(0, seq - follower.seq);
        ms = Math.max(ms, follower.waitingMs(now));
      }
    }
    return { changes, ms };
  }

  /**
   * The owner's changes behind a position, for ever; from now on where there is none. Throws CURSOR_EXPIRED where they
   * are no longer kept. Waits out a database that is away. `return()` ends it at once, even while it waits.
   */
  async follow(ownerId: string, after: FeedPosition | null): Promise<FeedFollower> {
    const position = after ?? (await readFeedEnd(forkFor(this.#database, ownerId), ownerId));
    const state = this.#owners.get(ownerId) ?? { seq: 0, followers: new Set(), reads: new Map() };
    this.#owners.set(ownerId, state);
    const follower = new FeedFollower({
      position,
      read: from => this.#read(ownerId, state, from),
      known: () => state.seq,
      stop: () => {
        state.followers.delete(follower);
        // One that is stopped twice must not take away what others have begun since.
        if (state.followers.size === 0 && this.#owners.get(ownerId) === state) this.#owners.delete(ownerId);
      },
    });
    state.followers.add(follower);
    return follower;
  }

  /** One query for all owners that somebody follows. */
  async sweep(): Promise<void> {
    if (this.#owners.size === 0 || this.#sweeping) return;
    this.#sweeping = true;
    try {
      const ends = await readFeedEnds(forkFor(this.#database, null), [...this.#owners.keys()]);
      for (const { ownerId, seq } of ends) this.#reaches(ownerId, seq);
    } catch (error) {
      this.#logger.warn({ err: error }, 'the feeds could not be looked through; trying again');
    } finally {
      this.#sweeping = false;
    }
  }

  close(): void {
    clearInterval(this.#timer);
    for (const unlisten of this.#unlisten) unlisten();
    for (const { followers } of this.#owners.values()) for (const follower of followers) void follower.return();
  }

  #reaches(ownerId: string, seq: number): void {
    const state = this.#owners.get(ownerId);
    if (!state || seq <= state.seq) return;
    state.seq = seq;
    for (const follower of state.followers) follower.wake();
  }

  #read(ownerId: string, state: OwnerState, from: FeedPosition): Promise<ChangeRow[]> {
    // With its time: a cursor from before the database was restored has the number of another change.
    const position = `${from.seq} ${from.at}`;
    const shared = state.reads.get(position);
    if (shared) return shared;
    const read = this.#readPatiently(ownerId, state, from).finally(() => state.reads.delete(position));
    state.reads.set(position, read);
    return read;
  }

  async #readPatiently(ownerId: string, state: OwnerState, from: FeedPosition): Promise<ChangeRow[]> {
    while (state.followers.size > 0) {
      const known = state.seq;
      try {
        const changes = await readChanges(forkFor(this.#database, ownerId), ownerId, from, PAGE_SIZE);
        // A wake-up that told too much, such as one from before the database was restored, must not be asked after for ever.
        if (changes.length === 0 && state.seq === known) state.seq = from.seq;
        return changes;
      } catch (error) {
        if (databaseFault(error)?.kind !== 'UNAVAILABLE') throw error;
        await sleep(RETRY_DELAY_MS);
      }
    }
    return [];
  }
}

interface FollowerOptions {
  position: FeedPosition;
  read: (from: FeedPosition) => Promise<ChangeRow[]>;
  /** How far the feed is known to reach. */
  known: () => number;
  stop: () => void;
}

/** Not a generator: `return()` of one would wait for its pending `next()`, which may wait for ever. */
export class FeedFollower implements AsyncIterableIterator<ChangeRow> {
  readonly #options: FollowerOptions;
  #position: FeedPosition;
  #page: ChangeRow[] = [];
  /** The first read always happens: what was committed before the follower began sends no wake-up. */
  #begun = false;
  #stopped = false;
  #wakeUp: (() => void) | null = null;
  /** Since when there is known to be something that was not read yet. */
  #unreadSince: number | null = null;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The number of the change that was taken last. */
  get seq(): number {
    return this.#position.seq;
  }

  /** How long the next change has waited to be taken; 0 where none is known. */
  waitingMs(now: number): number {
    const since = this.#page[0]?.at ?? (this.#options.known() > this.#position.seq ? this.#unreadSince : null);
    return since === null ? 0 : Math.max(0, now - since);
  }

  async next(): Promise<IteratorResult<ChangeRow, undefined>> {
    try {
      while (!this.#stopped) {
        const change = this.#page.shift();
        if (change) {
          this.#position = change;
          return { done: false, value: change };
        }
        if (this.#begun && this.#options.known() <= this.#position.seq) {
          await new Promise<void>(resolve => {
            this.#wakeUp = resolve;
          });
          continue;
        }
        this.#begun = true;
        // Other followers share the rows.
        this.#page = [...(await this.#options.read(this.#position))];
        this.#unreadSince = null;
      }
    } catch (error) {
      this.#stop();
      throw error;
    }
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<ChangeRow, undefined>> {
    this.#stop();
    return Promise.resolve({ done: true, value: undefined });
  }

  wake(): void {
    this.#unreadSince ??= Date.now();
    this.#wakeUp?.();
    this.#wakeUp = null;
  }

  #stop(): void {
    this.#stopped = true;
    this.#page = [];
    this.#options.stop();
    this.wake();
  }
}
