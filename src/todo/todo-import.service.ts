import { generateNKeysBetween } from 'fractional-indexing';
import type { Transact } from '../change/transact.ts';
import type { SecurityLog } from '../identity/security-log.ts';
import type { Device } from '../identity/session.service.ts';
import { User } from '../identity/user.entity.ts';
import type { EntityManager } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import { searchVector } from '../platform/full-text.ts';
import { Todo } from './todo.entity.ts';
import { distinct } from './todo.validation.ts';
import type { CheckedRecord } from './todo-import.checks.ts';
import { identityOf, type ResolvedId, resolveIds } from './todo-import.ids.ts';
import type { RecordFault, TodoRecord } from './todo-import.records.ts';
import { hasRoom, lockTodoList, noRoom, type TodoLimits, type TodoList } from './todo-list.ts';
import { editReminder } from './todo-reminder.ts';

const BATCH_SIZE = 500;
/** Somebody else may take an id between the look for it and the commit; hardly so often. */
const ATTEMPTS = 3;

export interface ImportOptions {
  readonly transact: Transact;
  readonly security: SecurityLog;
  readonly ownerId: string;
  /** Whoever runs the server has none. */
  readonly by: { readonly device: Device } | 'OPERATOR';
  readonly limits: TodoLimits;
  readonly now: Date;
  /** Takes what can be taken. Without, nothing is taken where one record is refused. */
  readonly skipInvalid: boolean;
}

/** A record that is not taken, with one of its faults. */
export interface Refusal extends RecordFault {
  readonly place: string;
}

export interface ImportResult {
  readonly imported: number;
  /** Of the file, and the owner has them already, be it in the trash: they stayed as they were. */
  readonly alreadyThere: number;
  /** In the order of the file; a record may have several. */
  readonly refused: readonly Refusal[];
}

/**
 * Adds the todos of a file behind all others of the owner's, in the order of the file, with their times. All of them or,
 * where one is refused and that is not to be skipped, none, in one transaction, with one entry each in the feed. What was
 * imported before is found again by its name, so that a repeat changes nothing; two imports of one owner happen one after
 * the other.
 */
export async function importTodos(records: readonly CheckedRecord[], options: ImportOptions): Promise<ImportResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await importOnce(records, options);
    } catch (error) {
      if (error instanceof RefusedError) return error.result;
      if (attempt === ATTEMPTS || databaseFault(error)?.kind !== 'UNIQUE') throw error;
    }
  }
}

/** Rolls back what was done. */
class RefusedError extends Error {
  readonly result: ImportResult;

  constructor(result: ImportResult) {
    super('Some records were refused.');
    this.result = result;
  }
}

function importOnce(records: readonly CheckedRecord[], options: ImportOptions): Promise<ImportResult> {
  const { transact, security, ownerId, by, now, limits, skipInvalid } = options;
  return transact(ownerId, async em => {
    const list = await lockTodoList(em, ownerId, now);
    const { wanted, alreadyThere, refused } = await sort(em, records, { ownerId, list, limits });
    if (refused.length > 0 && !skipInvalid) throw new RefusedError({ imported: 0, alreadyThere, refused });
    await write(em, wanted, { ownerId, list, now });
    const result = { imported: wanted.length, alreadyThere, refused };
    if (result.imported === 0) return result;
    await security.record(em, {
      kind: 'DATA_IMPORTED',
      userId: ownerId,
      ...(by === 'OPERATOR' ? { byUserId: null, device: null } : by),
    });
    return result;
  });
}

interface Wanted {
  readonly id: string;
  readonly record: TodoRecord;
}

interface ListOf {
  readonly ownerId: string;
  readonly list: TodoList;
}

/** What is new, what is there, and what cannot be taken. */
async function sort(
  em: EntityManager,
  records: readonly CheckedRecord[],
  { ownerId, list, limits }: ListOf & { limits: TodoLimits },
) {
  const identities = records.map(({ record }) => identityOf(record?.uid ?? ''));
  const ids = await resolveIds(em, ownerId, identities);
  const wanted: Wanted[] = [];
  const refused: Refusal[] = [];
  const seen = new Map<string, string>();
  let alreadyThere = 0;
  let opened = 0;
  for (const [index, { place, record, faults }] of records.entries()) {
    const id: ResolvedId | null = ids[index] ?? null;
    const twice = record && id ? seen.get(id.id) : undefined;
    if (record && id && !twice) seen.set(id.id, place);
    const isOpen = record !== null && !record.completedAt && !record.deletedAt;
    if (record && id?.isThere && !twice) alreadyThere += 1;
    else if (faults.length > 0 || !record) refused.push(...faults.map(fault => ({ place, ...fault })));
    else if (twice) refused.push({ place, code: 'INVALID', path: ['id'], message: `It is the same todo as ${twice}.` });
    else if (!id) refused.push({ place, code: 'TAKEN', path: ['id'], message: 'Somebody else has this id.' });
    else if (isOpen && !hasRoom(list, limits, opened + 1)) refused.push({ place, ...noRoom(list, limits) });
    else {
      if (isOpen) opened += 1;
      wanted.push({ id: id.id, record });
    }
  }
  return { wanted, alreadyThere, refused };
}

async function write(
  em: EntityManager,
  wanted: readonly Wanted[],
  { ownerId, list, now }: ListOf & { now: Date },
): Promise<void> {
  const positions = generateNKeysBetween(list.lastPosition, null, wanted.length);
  for (let start = 0; start < wanted.length; start += BATCH_SIZE) {
    for (const [index, { id, record }] of wanted.slice(start, start + BATCH_SIZE).entries())
      em.persist(newTodo(em, { ownerId, id, record, position: positions[start + index] ?? '', now }));
    await em.flush();
    // Written and taken down for the feed: nobody needs them here any more.
    em.clear();
  }
}

function newTodo(
  em: EntityManager,
  { ownerId, id, record, position, now }: { ownerId: string; position: string; now: Date } & Wanted,
): Todo {
  const { title, description, completedAt, dueAt, priority, tags, recurrence, createdAt, deletedAt } = record;
  const todo = em.create(Todo, {
    id,
    owner: em.getReference(User, ownerId),
    title,
    description,
    completedAt,
    dueAt,
    priority,
    tags: distinct(tags),
    recurrence,
    position,
    search: searchVector(ownerId, { title, body: description ?? '' }),
    deletedAt,
    ...(createdAt ? { createdAt } : {}),
  });
  editReminder(todo, record);
  // A reminder whose time was over before the todo came here is none.
  if (todo.remindAt && todo.remindAt <= now) todo.remindedAt = now;
  return todo;
}
