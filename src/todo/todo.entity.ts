import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import { entityColumns, live, ownedBy } from '../platform/entity.ts';
import { searchVector } from '../platform/full-text.ts';
import { SearchVectorType } from '../platform/search-vector.ts';
import { TextArrayType } from '../platform/text-array.ts';

export const PRIORITIES = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const TITLE_MAX_LENGTH = 200;
export const DESCRIPTION_MAX_LENGTH = 10_000;
export const TAGS_MAX_COUNT = 20;
export const TAG_MAX_LENGTH = 50;
export const RECURRENCE_MAX_LENGTH = 500;
/** Four weeks. */
export const REMIND_MINUTES_MAX = 40_320;

/** Before it the API has no instants. */
const REMIND_MIN_MS = Date.parse('0001-01-01T00:00:00.000Z');

const TodoSchema = defineEntity({
  name: 'Todo',
  tableName: 'todos',
  properties: {
    ...entityColumns,
    owner: () => p.manyToOne(User).ref(),
    title: p.string().length(TITLE_MAX_LENGTH),
    description: p.string().length(DESCRIPTION_MAX_LENGTH).nullable(),
    completedAt: p.datetime(3).nullable(),
    dueAt: p.datetime(3).nullable(),
    priority: p.enum(PRIORITIES).nativeEnumName('todo_priority').default('NONE'),
    tags: p.type(TextArrayType).columnType('varchar(50)[]').default([]),
    /** Where it stands in the owner's own order: a fractional index, compared byte by byte, ties broken by the id. */
    position: p.text().columnType('text').collation('C'),
    /** What it is found by: written with the title and the description, read by nobody but the database. */
    search: p.type(SearchVectorType).default('').lazy(),
    /** By its minutes, where it has some: see `remindBefore`. */
    remindAt: p.datetime(3).nullable(),
    remindMinutesBefore: p.integer().nullable(),
    /** When the reminder of `remindAt` was taken up, whether a mail followed or not; null while it is to come. */
    remindedAt: p.datetime(3).nullable(),
    /** An RRULE, as `formatRecurrence` writes it. */
    recurrence: p.string().length(RECURRENCE_MAX_LENGTH).nullable(),
    /** The todo that its completion made: it may be gone by now, and none is made again. */
    nextId: p.uuid().nullable(),
    version: p.integer().version(),
    deletedAt: p.datetime(3).nullable(),
  },
  filters: { live, owner: ownedBy('owner') },
});

export class Todo extends TodoSchema.class {
  get ownerId(): Opt<string> {
    return this.owner.id;
  }

  /** What is undefined stays as it is. */
  write({
    title = this.title,
    description = this.description,
  }: {
    title?: string;
    description?: string | null | undefined;
  }): void {
    if (title === this.title && description === this.description) return;
    this.title = title;
    this.description = description;
    this.search = searchVector(this.owner.id, { title, body: description ?? '' });
  }

  /** Keeps the first completion time, so that a repeated request changes nothing. */
  complete(at: Date): void {
    this.completedAt ??= at;
  }

  reopen(): void {
    this.completedAt = null;
  }

  /** A reminder by minutes moves along with it, and goes with it. */
  dueOn(at: Date | null): void {
    this.dueAt = at;
    if (typeof this.remindMinutesBefore === 'number') this.remindBefore(at ? this.remindMinutesBefore : null);
  }

  /** At an instant; null: not at all. The one that there was, of either kind, goes. */
  remindOn(at: Date | null): void {
    this.remindMinutesBefore = null;
    remind(this, at);
  }

  /** So many minutes before it is due, which it has to be at some time; null: not at all. As for `remindOn`. */
  remindBefore(minutes: number | null): void {
    this.remindMinutesBefore = minutes;
    const at = minutes === null || !this.dueAt ? null : this.dueAt.getTime() - minutes * 60_000;
    remind(this, at === null ? null : new Date(Math.max(at, REMIND_MIN_MS)));
  }

  /** Whether it counts for the plan's limit. */
  get isOpen(): Opt<boolean> {
    return !this.completedAt && !this.deletedAt;
  }

  throwAway(at: Date): void {
    this.deletedAt ??= at;
  }

  restore(): void {
    this.deletedAt = null;
  }
}
TodoSchema.setClass(Todo);

/** The same instant again is no new reminder: one that was sent is not sent twice. */
function remind(todo: Todo, at: Date | null): void {
  if (at?.getTime() === todo.remindAt?.getTime()) return;
  todo.remindAt = at;
  todo.remindedAt = null;
}
