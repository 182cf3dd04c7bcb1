import { type RawBuilder, sql } from 'kysely';
import type { SortOrder } from './page.ts';

/** What an order sorts by, and how a cursor's text becomes it again. */
export type SortKey = Pick<SortOrder, 'key' | 'type' | 'isKey'>;

/** As PostgreSQL writes a timestamptz in UTC. */
const TIMESTAMP_PATTERN = /^(?!0000)(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,6})?\+00$/;

export function isTimestamp(text: string): boolean {
  const [, day, time] = TIMESTAMP_PATTERN.exec(text) ?? [];
  const instant = Date.parse(`${day}T${time}Z`);
  // Date.parse takes the 30th of February for the 2nd of March; PostgreSQL refuses it.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(`${day}T${time}`);
}

/** A column of type timestamptz that is never null. */
export const timestampKey = (key: RawBuilder<unknown>): SortKey => ({
  key,
  type: sql`timestamptz`,
  isKey: isTimestamp,
});
