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
