import { defineEntity, type Opt, p } from '@mikro-orm/core';
import { User } from '../identity/user.entity.ts';
import { entityColumns, live, ownedBy } from '../platform/entity.ts';
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
    version: p.integer().version(),
    deletedAt: p.datetime(3).nullable(),
  },
  filters: { live, owner: ownedBy('owner') },
});

export class Todo extends TodoSchema.class {
  get ownerId(): Opt<string> {
    return this.owner.id;
  }

  /** Keeps the first completion time, so that a repeated request changes nothing. */
  complete(at: Date): void {
    this.completedAt ??= at;
  }

  reopen(): void {
    this.completedAt = null;
  }

  throwAway(at: Date): void {
    this.deletedAt ??= at;
  }

  restore(): void {
    this.deletedAt = null;
  }
}
TodoSchema.setClass(Todo);
