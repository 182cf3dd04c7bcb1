import { RecurrenceFault } from '../../src/todo/recurrence-parts.ts';
import { formatRecurrence, parseRecurrence } from '../../src/todo/recurrence-rule.ts';

export interface RandomSeries {
  readonly rule: string;
  /** In UTC, on a whole second. */
  readonly start: string;
}

const FREQUENCIES = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** Rules of every kind, the same ones for a seed; those that are refused are left out. */
export function randomSeries(seed: number, count: number): RandomSeries[] {
  const next = randomNumbers(seed);
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  const signed = (max: number) => (next() < 0.25 ? -1 : 1) * int(1, max);
  const oneOf = <Item>(items: readonly Item[]) => items[int(0, items.length - 1)];
  const some = (most: number, make: () => unknown) => Array.from({ length: int(1, most) }, make).join(',');
  const maybe = (chance: number, make: () => string) => (next() < chance ? [make()] : []);

  const draw = (): RandomSeries => {
    const frequency = oneOf(FREQUENCIES);
    const ordinals = (frequency === 'MONTHLY' || frequency === 'YEARLY') && next() < 0.4;
    const weekday = () => `${ordinals ? signed(5) : ''}${oneOf(WEEKDAYS)}`;
    const rule = [
      `FREQ=${frequency}`,
      ...maybe(0.4, () => `INTERVAL=${int(1, frequency === 'HOURLY' ? 30 : 5)}`),
      ...maybe(0.2, () => `BYMONTH=${some(3, () => int(1, 12))}`),
      ...maybe(frequency === 'YEARLY' ? 0.15 : 0, () => `BYWEEKNO=${some(2, () => signed(53))}`),
      ...maybe(0.4, () => `BYDAY=${some(3, weekday)}`),
      ...maybe(
        frequency === 'YEARLY' || frequency === 'HOURLY' ? 0.1 : 0,
        () => `BYYEARDAY=${some(3, () => signed(366))}`,
      ),
      ...maybe(frequency === 'WEEKLY' ? 0 : 0.25, () => `BYMONTHDAY=${some(3, () => signed(31))}`),
      ...maybe(0.15, () => `BYHOUR=${some(3, () => int(0, 23))}`),
      ...maybe(0.1, () => `BYMINUTE=${int(0, 59)}`),
      ...maybe(0.15, () => `BYSETPOS=${some(2, () => signed(4))}`),
      ...maybe(0.15, () => `WKST=${oneOf(WEEKDAYS)}`),
    ].join(';');
    const start = new Date(Date.UTC(int(2020, 2031), int(0, 11), int(1, 31), int(0, 23), int(0, 59)));
    return { rule, start: start.toISOString() };
  };
  return Array.from({ length: count }, draw).flatMap(({ rule, start }) => {
    try {
      return [{ rule: formatRecurrence(parseRecurrence(rule)), start }];
    } catch (error) {
      if (error instanceof RecurrenceFault) return [];
      throw error;
    }
  });
}

/** Mulberry32: from 0 to less than 1, the same ones for a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
