import { clearsReminder, FIELDS, type Fields, same } from './offline-merge.ts';
import { Replica, type ReplicaOptions } from './offline-replica.ts';
import type { LocalTodo } from './offline-view.ts';
import { newTodoId } from './todo-id.ts';

/**
 * A person's todos on this device, with or without a connection. What is done shows at once and waits in the outbox;
 * `sync` sends it and fetches what was done elsewhere. One for each store: tabs that share one take turns, by
 * navigator.locks for instance.
 */
export class OfflineTodos {
  readonly #replica: Replica;
  readonly #clock: () => number;

  constructor({ clock = Date.now, ...options }: ReplicaOptions & { readonly clock?: () => number }) {
    this.#replica = new Replica(options);
    this.#clock = clock;
  }

  /** All in their order, those in the trash included. */
  get todos(): readonly LocalTodo[] {
    return this.#replica.todos;
  }

  /** How many changes are still to be sent. */
  get pending(): number {
    return this.#replica.pending;
  }

  /** At the end of the list. Answers with its id, by which it can be changed at once. */
  async create({ title, ...given }: Pick<Fields, 'title'> & Partial<Omit<Fields, 'completed'>>): Promise<string> {
    const at = this.#clock();
    const id = newTodoId(at);
    await this.#replica.add({ kind: 'create', id, at, fields: { title, ...EMPTY, ...normal(given) } });
    return id;
  }

  async edit(id: string, given: Partial<Fields>): Promise<void> {
    const todo = this.#find(id, false);
    const fields = { ...normal(given), ...(clearsReminder(given, todo) ? { reminder: null } : {}) };
    const changed = FIELDS.filter(field => field in fields && !same(fields[field], todo[field]));
    if (changed.length === 0) return;
    await this.#replica.add({
      kind: 'edit',
      id,
      at: this.#clock(),
      fields: pick(fields, changed),
      base: pick(todo, changed),
    });
  }

  /** Directly behind the one, else directly ahead of the other; at the end where both are null. */
  async move(id: string, place: { afterId: string | null; beforeId: string | null }): Promise<void> {
    const { position } = this.#find(id, false);
    if (place.afterId === id || place.beforeId === id) throw new Error('A todo cannot be moved beside itself.');
    await this.#replica.add({ kind: 'move', id, at: this.#clock(), ...place, base: position });
  }

  /** Throws it away. */
  async delete(id: string): Promise<void> {
    const base = pick(this.#find(id, false), FIELDS) as Fields;
    await this.#replica.add({ kind: 'delete', id, at: this.#clock(), base });
  }

  async restore(id: string): Promise<void> {
    this.#find(id, true);
    await this.#replica.add({ kind: 'restore', id, at: this.#clock() });
  }

  /**
   * Sends all that waits, in its order, and then fetches all that is new. Rejects where there is no connection, and with
   * SignedOutError where the person has to log in; nothing is lost, and the next one goes on where it stopped.
   */
  sync(): Promise<void> {
    return this.#replica.sync();
  }

  #find(id: string, deleted: boolean): LocalTodo {
    const todo = this.todos.find(one => one.id === id);
    if (todo?.deleted === deleted) return todo;
    throw new Error(`There is no such todo ${deleted ? 'in the trash' : 'outside of the trash'}: ${id}.`);
  }
}

const EMPTY = {
  description: null,
  completed: false,
  dueAt: null,
  priority: 'NONE',
  tags: [],
  recurrence: null,
  reminder: null,
};

const pick = (fields: Partial<Fields>, names: readonly (keyof Fields)[]): Partial<Fields> =>
  Object.fromEntries(names.map(name => [name, fields[name]]));

/** As the server will have it, so that it can be compared. */
function normal<Given extends Partial<Fields>>(given: Given): Given {
  return {
    ...given,
    ...(given.tags ? { tags: [...new Set(given.tags)] } : {}),
    ...(given.dueAt ? { dueAt: new Date(given.dueAt).toISOString() } : {}),
    ...(given.reminder && 'at' in given.reminder
      ? { reminder: { at: new Date(given.reminder.at).toISOString() } }
      : {}),
  };
}
