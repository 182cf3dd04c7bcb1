import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock.ts';

export interface PointSettings {
  /** In a full bucket. */
  readonly capacity: number;
  /** Added in each second, until it is full. */
  readonly perSecond: number;
}

/** How a bucket stands. */
export interface Standing {
  /** At least 0. */
  readonly remaining: number;
  readonly fullAt: Date;
}

interface Bucket {
  /** Below zero where more was used than was charged. */
  points: number;
  at: number;
  /** Taken, less what was given back, since this was last collected. */
  taken: number;
}

/** Whoever has not asked for so long, among so many others, begins with a full bucket. */
const BUCKETS_MAX = 100_000;

/**
 * Buckets of points, one for each caller, that fill up again by themselves. Counted in this process's memory, so that no
 * read waits for another machine; `SharedPoints` tells the other processes.
 */
export class PointBuckets {
  readonly settings: PointSettings;
  readonly #clock: Clock;
  readonly #buckets = new LRUCache<string, Bucket>({ max: BUCKETS_MAX });
  #changed = new Set<string>();

  constructor({ capacity, perSecond, clock }: PointSettings & { clock: Clock }) {
    this.settings = { capacity, perSecond };
    this.#clock = clock;
  }

  /** Takes so many and answers null; or takes nothing, and answers with the milliseconds until there are enough. */
  take(key: string, points: number): number | null {
    const bucket = this.#open(key);
    if (points > 0 && bucket.points < points) return this.#msUntil(bucket, points);
    this.#add(key, bucket, -points);
    return null;
  }

  /** Gives back what was taken too much; with a negative number it takes more, whether or not there is as much. */
  giveBack(key: string, points: number): void {
    this.#add(key, this.#open(key), points);
  }

  /** The milliseconds until a tenth of the bucket is there: for what can wait, and is not to take it from what cannot. */
  msUntilSpare(key: string): number {
    return this.#msUntil(this.#open(key), this.settings.capacity / 10);
  }

  standing(key: string): Standing {
    const bucket = this.#open(key);
    const msToFull = this.#msUntil(bucket, this.settings.capacity);
    return { remaining: Math.max(0, Math.floor(bucket.points)), fullAt: new Date(bucket.at + msToFull) };
  }

  /** What was taken of each bucket since the last time, less what was given back. */
  collectTaken(): Map<string, number> {
    const taken = new Map<string, number>();
    for (const key of this.#changed) {
      const bucket = this.#buckets.peek(key);
      if (!bucket || bucket.taken === 0) continue;
      taken.set(key, bucket.taken);
      bucket.taken = 0;
    }
    this.#changed = new Set();
    return taken;
  }

  /** So many are left for all processes together, without what was taken here since the last collection. */
  learn(key: string, points: number): void {
    const bucket = this.#open(key);
    bucket.points = this.#bounded(points - bucket.taken);
  }

  #open(key: string): Bucket {
    const now = this.#clock().getTime();
    const known = this.#buckets.get(key);
    if (known) {
      const seconds = Math.max(0, now - known.at) / 1000;
      known.points = this.#bounded(known.points + seconds * this.settings.perSecond);
      known.at = now;
      return known;
    }
    const bucket = { points: this.settings.capacity, at: now, taken: 0 };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  #add(key: string, bucket: Bucket, points: number): void {
    if (points === 0) return;
    bucket.points = this.#bounded(bucket.points + points);
    bucket.taken -= points;
    this.#changed.add(key);
  }

  /** Nobody has to wait for longer than it takes to fill a bucket twice. */
  #bounded(points: number): number {
    return Math.min(this.settings.capacity, Math.max(-this.settings.capacity, points));
  }

  #msUntil(bucket: Bucket, points: number): number {
    return bucket.points >= points ? 0 : Math.ceil(((points - bucket.points) / this.settings.perSecond) * 1000);
  }
}
