import type { HrTime } from '@opentelemetry/api';

/**
 * Turns times of `performance.now()` into times of day, all of one trace by the same difference: a span then never begins
 * before its parent or ends after it by the clock's being set, or by how it is rounded.
 */
export class SpanClock {
  readonly #difference = Date.now() - performance.now();

  at(time: number): HrTime {
    const ms = this.#difference + time;
    const seconds = Math.floor(ms / 1000);
    return [seconds, Math.floor((ms - seconds * 1000) * 1_000_000)];
  }
}
