const EVENT_ID = Symbol('event id');

/**
 * The same with an id, behind which a stream of events that broke goes on. For what a subscription reads and for what is
 * made of it: JSON does not show it, a copy by spreading keeps it.
 */
export const withEventId = <Thing extends object>(thing: Thing, id: string): Thing => ({ ...thing, [EVENT_ID]: id });

/** Null where it was given none. */
export function eventIdOf(thing: unknown): string | null {
  if (typeof thing !== 'object' || thing === null || !(EVENT_ID in thing)) return null;
  return typeof thing[EVENT_ID] === 'string' ? thing[EVENT_ID] : null;
}
