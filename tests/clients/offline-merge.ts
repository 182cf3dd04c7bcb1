export const FIELDS = [
  'title',
  'description',
  'completed',
  'dueAt',
  'priority',
  'tags',
  'recurrence',
  'reminder',
] as const;
export type Field = (typeof FIELDS)[number];

/** At an instant, written as dueAt is; or so many minutes before it is due, for which it has to be due at some time. */
export type Reminder = { readonly at: string } | { readonly minutesBefore: number };

/** What a person writes of a todo. */
export interface Fields {
  readonly title: string;
  readonly description: string | null;
  readonly completed: boolean;
  /** RFC 3339 in UTC with milliseconds, as the server writes it. */
  readonly dueAt: string | null;
  readonly priority: string;
  readonly tags: readonly string[];
  /** An RRULE, for which the todo has to be due. Once it is sent it is what the server makes of it, which means the same. */
  readonly recurrence: string | null;
  /** One field, though the API has two: either kind takes the place of the other. */
  readonly reminder: Reminder | null;
}

/** As the server had it last, as far as this device knows; those in the trash included. */
export interface Todo extends Fields {
  readonly id: string;
  readonly position: string;
  readonly version: number;
  readonly deletedAt: string | null;
}

interface Made {
  /** Of the todo. */
  readonly id: string;
  /** When, by this device's clock. */
  readonly at: number;
}

/** What a person did on this device. `base` is what they had before their eyes when they did it. */
export type Change = Made &
  (
    | { readonly kind: 'create'; readonly fields: Fields }
    | { readonly kind: 'edit'; readonly fields: Partial<Fields>; readonly base: Partial<Fields> }
    | {
        readonly kind: 'move';
        readonly afterId: string | null;
        readonly beforeId: string | null;
        /** Its position; null where an earlier change of this device, which is still to be sent, decides it. */
        readonly base: string | null;
      }
    | { readonly kind: 'delete'; readonly base: Fields }
    | { readonly kind: 'restore' }
  );

/** A value of one side that the other side's took the place of. */
export interface Overwrite {
  readonly id: string;
  readonly field: Field | 'position' | 'deleted';
  /** Mine is what was done on this device. */
  readonly whose: 'mine' | 'theirs';
  readonly lost: unknown;
  /** Null where the todo is gone for good. */
  readonly kept: unknown;
  /** When this device's side of it was done. */
  readonly at: number;
}

export type MutationName = 'createTodo' | 'updateTodo' | 'moveTodo' | 'deleteTodo' | 'restoreTodo';

/** What has to be sent for a change. */
export interface Request {
  readonly mutation: MutationName;
  readonly variables: object;
  /** The version that it changes; 0 where it makes the todo. */
  readonly version: number;
  /** What it overwrites where it is done: the version that it expects has these values. */
  readonly overwrites: readonly Overwrite[];
  /** With it the change is done; otherwise there is another request to come. */
  readonly isLast: boolean;
}

/** No request: nothing is left to do, or nothing can be done, for which `overwrites` say what was lost. */
export type Plan = Request | { readonly mutation: null; readonly overwrites: readonly Overwrite[] };

const DONE: Plan = { mutation: null, overwrites: [] };

/**
 * The next request for a change, merged with what the server has by now, field by field:
 * - A field that one side alone has changed gets that side's value.
 * - A field that both have changed gets this device's, and the other's is told as overwritten.
 * - An edit is stronger than a deletion, whichever side made it: the todo is, or comes back, outside of the trash.
 * - A move is weaker than a deletion, and of two moves this device's counts.
 */
export function plan(change: Change, todos: ReadonlyMap<string, Todo>): Plan {
  const theirs = todos.get(change.id);
  switch (change.kind) {
    case 'create':
      return theirs
        ? DONE
        : {
            mutation: 'createTodo',
            variables: { input: createInput(change) },
            version: 0,
            overwrites: [],
            isLast: true,
          };
    case 'edit':
      return planEdit(change, theirs);
    case 'move':
      return planMove(change, theirs, todos);
    case 'delete':
      return planDelete(change, theirs);
    case 'restore':
      if (!theirs) return lost(change, 'deleted', false, null);
      return theirs.deletedAt === null ? DONE : { ...restore(theirs), isLast: true };
  }
}

type Of<Kind> = Extract<Change, { kind: Kind }>;

/** A new todo is open, and the server has no field for saying so. */
const createInput = ({ id, fields: { completed, ...fields } }: Of<'create'>) => ({ id, ...inputOf(fields) });

function inputOf({ reminder, ...fields }: Partial<Fields>): object {
  if (reminder === undefined) return fields;
  return {
    ...fields,
    remindAt: reminder && 'at' in reminder ? reminder.at : null,
    remindMinutesBefore: reminder && 'minutesBefore' in reminder ? reminder.minutesBefore : null,
  };
}

function planEdit(change: Of<'edit'>, theirs: Todo | undefined): Plan {
  const { id, at, base } = change;
  const mine = FIELDS.filter(field => field in change.fields);
  if (!theirs) {
    const overwrites = mine.map(field => overwrite(change, field, 'mine', change.fields[field], null));
    return { mutation: null, overwrites };
  }
  const different = mine.filter(field => !same(change.fields[field], theirs[field]));
  if (different.length === 0) return DONE;
  if (theirs.deletedAt !== null)
    return { ...restore(theirs), overwrites: [{ id, at, field: 'deleted', whose: 'theirs', lost: true, kept: false }] };
  const input = inputOf(Object.fromEntries(different.map(field => [field, change.fields[field]])));
  return {
    mutation: 'updateTodo',
    variables: { id, input: { ...input, expectedVersion: theirs.version } },
    version: theirs.version,
    overwrites: [
      ...different
        .filter(field => !same(base[field], theirs[field]))
        .map(field => overwrite(change, field, 'theirs', theirs[field], change.fields[field])),
      // It was not there yet when the due date was cleared here, with which it goes.
      ...(clearsReminder(change.fields, theirs)
        ? [overwrite(change, 'reminder', 'theirs', theirs.reminder, null)]
        : []),
    ],
    isLast: true,
  };
}

/** Whether the server will take a reminder away that the edit does not name. */
export const clearsReminder = (edit: Partial<Fields>, { reminder }: Pick<Fields, 'reminder'>): boolean =>
  edit.dueAt === null && edit.reminder === undefined && reminder !== null && 'minutesBefore' in reminder;

function planMove(change: Of<'move'>, theirs: Todo | undefined, todos: ReadonlyMap<string, Todo>): Plan {
  const place = { afterId: change.afterId, beforeId: change.beforeId };
  if (!theirs || theirs.deletedAt !== null) return lost(change, 'position', place, theirs?.position ?? null);
  return {
    mutation: 'moveTodo',
    variables: {
      id: change.id,
      input: { ...besideWhatIsThere(place, id => todos.get(id)?.deletedAt === null), expectedVersion: theirs.version },
    },
    version: theirs.version,
    overwrites:
      change.base === theirs.position ? [] : [overwrite(change, 'position', 'theirs', theirs.position, place)],
    isLast: true,
  };
}

function planDelete(change: Of<'delete'>, theirs: Todo | undefined): Plan {
  if (!theirs || theirs.deletedAt !== null) return DONE;
  if (FIELDS.some(field => !same(change.base[field], theirs[field]))) return lost(change, 'deleted', true, false);
  const { id, version } = theirs;
  return { mutation: 'deleteTodo', variables: { id, expectedVersion: version }, version, overwrites: [], isLast: true };
}

const restore = ({ id, version }: Todo): Request => ({
  mutation: 'restoreTodo',
  variables: { id, expectedVersion: version },
  version,
  overwrites: [],
  isLast: false,
});

const overwrite = (
  { id, at }: Change,
  field: Overwrite['field'],
  whose: Overwrite['whose'],
  value: unknown,
  kept: unknown,
): Overwrite => ({ id, at, field, whose, lost: value, kept });

const lost = (change: Change, field: Overwrite['field'], value: unknown, kept: unknown): Plan => ({
  mutation: null,
  overwrites: [overwrite(change, field, 'mine', value, kept)],
});

/** One neighbour is enough, and the other one may be gone: the end of the list where both are. */
export function besideWhatIsThere(
  { afterId, beforeId }: { afterId: string | null; beforeId: string | null },
  isThere: (id: string) => boolean,
): { afterId?: string; beforeId?: string } {
  if (afterId !== null && isThere(afterId)) return { afterId };
  return beforeId !== null && isThere(beforeId) ? { beforeId } : {};
}

export const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
