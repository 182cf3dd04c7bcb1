import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import type { UserErrorDetail } from '../platform/errors.ts';
import { EXPORT_MARK } from '../platform/export/json-export.ts';
import { readInstant } from '../platform/instant.ts';
import { hasMoreValues } from '../platform/json-size.ts';
import { PRIORITIES, type Priority } from './todo.entity.ts';

/** A todo as a file has it, before the rules of todos have been asked. */
export interface TodoRecord {
  /**
   * What tells it from the others of whoever wrote the file, and is the same each time; the id of the API where it is from
   * an export of ours. Where the file says none, all that stands there.
   */
  readonly uid: string;
  readonly title: string;
  readonly description: string | null;
  readonly completedAt: Date | null;
  readonly dueAt: Date | null;
  readonly priority: Priority;
  readonly tags: readonly string[];
  /** An RRULE. */
  readonly recurrence: string | null;
  readonly remindAt: Date | null;
  readonly remindMinutesBefore: number | null;
  /** Null: now. */
  readonly createdAt: Date | null;
  /** In the trash since then. */
  readonly deletedAt: Date | null;
}

/** Why a record is not taken. `path` is the property of the todo; empty where none is to blame. */
export type RecordFault = UserErrorDetail;

/** A record of a file, or what is wrong with it, and where in the file it stands, for a person to find. */
export type PlacedRecord = { readonly place: string } & (
  | { readonly record: TodoRecord }
  | { readonly faults: readonly RecordFault[] }
);

/** One transaction holds the owner's list for some seconds with so many. */
const IMPORT_MAX_TODOS = 20_000;
/** Of the whole file: several times what so many todos have, with all that is kept of a person beside them. */
const IMPORT_MAX_VALUES = 3_000_000;
/** Of a list in a record, which may hold far fewer: what is wrong with each of them is not listed. */
const LIST_MAX = 1_000;
/** So many are read before others get a turn. */
const AT_ONCE = 200;

/** Throws where a file has more todos than one import takes. */
export function checkCount(count: number): void {
  if (count > IMPORT_MAX_TODOS)
    throw new ImportFileError(
      `The file has more than ${IMPORT_MAX_TODOS.toLocaleString('en')} todos, which is what one import takes: import it in parts.`,
    );
}

/** The file as a whole cannot be read; the message says why. */
export class ImportFileError extends Error {
  override readonly name = 'ImportFileError';
}

const instant = z
  .unknown()
  .transform((value, context) => {
    if (value === null || value === undefined) return null;
    const time = readInstant(value);
    if (time) return time;
    context.addIssue({ code: 'custom', message: 'It has to be an instant, such as 2026-11-20T09:30:00.000Z.' });
    return z.NEVER;
  })
  .optional();
const text = z.string('It has to be a text.');

const Record = z.object(
  {
    id: text.nullish(),
    title: text,
    description: text.nullish(),
    completedAt: instant,
    dueAt: instant,
    priority: z.enum(PRIORITIES, `It has to be one of ${PRIORITIES.join(', ')}.`).default('NONE'),
    tags: z
      .unknown()
      .refine(tags => !Array.isArray(tags) || tags.length <= LIST_MAX, {
        message: `It has more than ${LIST_MAX.toLocaleString('en')} texts.`,
        abort: true,
      })
      .pipe(z.array(text, 'It has to be a list of texts.'))
      .default([]),
    recurrence: text.nullish(),
    remindAt: instant,
    remindMinutesBefore: z.int('It has to be a whole number.').nullish(),
    createdAt: instant,
    deletedAt: instant,
  },
  'It has to be an object.',
);

/**
 * The todos of an export in JSON, in the order of the file; everything else in it is left out. Throws an ImportFileError
 * where it is no export, or too much for one.
 */
export async function readJsonTodos(text: string): Promise<PlacedRecord[]> {
  if (await hasMoreValues(text, IMPORT_MAX_VALUES))
    throw new ImportFileError(
      `The file has more than ${IMPORT_MAX_VALUES.toLocaleString('en')} values: leave out what is no todo, or import it in parts.`,
    );
  const file = parse(text);
  if (typeof file !== 'object' || file === null || !('format' in file) || file.format !== EXPORT_MARK.format)
    throw new ImportFileError(
      `This is no export of Duely: its JSON has to begin with {"format":"${EXPORT_MARK.format}".`,
    );
  const version = 'version' in file ? file.version : undefined;
  if (version !== EXPORT_MARK.version)
    throw new ImportFileError(
      `This export has version ${JSON.stringify(version)}, and this server reads version ${EXPORT_MARK.version}.`,
    );
  const todos: unknown = 'todos' in file ? file.todos : undefined;
  if (!Array.isArray(todos)) throw new ImportFileError('This export has no list of todos.');
  checkCount(todos.length);
  const read: PlacedRecord[] = [];
  for (const [index, value] of todos.entries()) {
    if (index % AT_ONCE === 0) await nextTurn();
    read.push({ place: `todos[${index}]`, ...readRecord(value) });
  }
  return read;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ImportFileError(`This is no JSON: ${error instanceof Error ? shortened(error.message) : error}.`, {
      cause: error,
    });
  }
}

/** The parser's message quotes the file. */
const shortened = (message: string) => (message.length > 200 ? `${message.slice(0, 200)}…` : message);

function readRecord(value: unknown): { record: TodoRecord } | { faults: RecordFault[] } {
  const { success, data, error } = Record.safeParse(value);
  if (!success)
    return {
      faults: error.issues.map(({ path, message }) => ({ code: 'INVALID', path: path.map(String), message })),
    };
  const {
    id,
    description,
    completedAt,
    dueAt,
    recurrence,
    remindAt,
    remindMinutesBefore,
    createdAt,
    deletedAt,
    ...rest
  } = data;
  return {
    record: {
      ...rest,
      uid: id ?? JSON.stringify(value),
      description: description ?? null,
      completedAt: completedAt ?? null,
      dueAt: dueAt ?? null,
      recurrence: recurrence ?? null,
      remindAt: typeof remindMinutesBefore === 'number' ? null : (remindAt ?? null),
      remindMinutesBefore: remindMinutesBefore ?? null,
      createdAt: createdAt ?? null,
      deletedAt: deletedAt ?? null,
    },
  };
}
