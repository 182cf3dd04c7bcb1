import { Api, type Payload, RefusedError } from './offline-api.ts';
import { type Change, type Overwrite, plan, type Request, type Todo } from './offline-merge.ts';
import { type LocalTodo, withChanges } from './offline-view.ts';
import type { Session, UserError } from './session.ts';

/** What is kept on the device. It is plain data. */
export interface OfflineState {
  /** How far the feed was read; null before the first time. */
  readonly cursor: string | null;
  /** As the server had them. */
  readonly todos: readonly Todo[];
  /** What was done here and is still to be sent, in its order. */
  readonly outbox: readonly Change[];
  /** The request for the first change of the outbox that was sent and may have been done. */
  readonly sent: Sent | null;
}

export type Sent = Request & { readonly key: string };

export interface OfflineStore {
  read(): OfflineState | null;
  /** Has to be on the disk when it is done: what is sent next rests on it. */
  write(state: OfflineState): void | Promise<void>;
}

/** What the person is to be told, for nothing is lost in silence. Told at least once: again where the device stopped then. */
export type Report =
  | { readonly kind: 'overwritten'; readonly overwrite: Overwrite }
  /** The server did not accept it, such as LIMIT_REACHED: it is out of the outbox, for the person to decide. */
  | { readonly kind: 'refused'; readonly change: Change; readonly userErrors: readonly Omit<UserError, 'path'>[] };

export interface ReplicaOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly session: Pick<Session, 'fetch'>;
  readonly store: OfflineStore;
  readonly report: (report: Report) => void;
  /** A request that takes longer counts as one whose answer was lost. */
  readonly timeoutMs?: number;
}

const EMPTY: OfflineState = { cursor: null, todos: [], outbox: [], sent: null };
/** The todo, or one beside it, is another one than this device knew. */
const STALE = ['CONFLICT', 'NOT_FOUND'];
/** To send it again would not help. */
const HOPELESS = ['BAD_REQUEST', 'TOO_COMPLEX', 'FORBIDDEN'];

/** What this device has of the server's todos, and what it has still to send. */
export class Replica {
  readonly #api: Api;
  readonly #store: OfflineStore;
  readonly #report: (report: Report) => void;
  readonly #todos: Map<string, Todo>;
  readonly #outbox: Change[];
  #cursor: string | null;
  #sent: Sent | null;
  #view: LocalTodo[] | null = null;
  #syncing: Promise<void> | null = null;

  constructor({ url, session, store, report, timeoutMs = 30_000 }: ReplicaOptions) {
    const { cursor, todos, outbox, sent } = store.read() ?? EMPTY;
    this.#api = new Api({ url, fetch: session.fetch, timeoutMs });
    this.#store = store;
    this.#report = report;
    this.#todos = new Map(todos.map(todo => [todo.id, todo]));
    this.#outbox = [...outbox];
    this.#cursor = cursor;
    this.#sent = sent;
  }

  /** All in their order, those in the trash included. */
  get todos(): readonly LocalTodo[] {
    this.#view ??= withChanges(this.#todos.values(), this.#outbox);
    return this.#view;
  }

  /** How many changes are still to be sent. */
  get pending(): number {
    return this.#outbox.length;
  }

  async add(change: Change): Promise<void> {
    this.#outbox.push(change);
    await this.#save();
  }

  /** See OfflineTodos. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = null;
    });
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    for (let change = this.#outbox[0]; change; change = this.#outbox[0]) await this.#send(change);
    await this.#pull();
  }

  async #send(change: Change): Promise<void> {
    if (!this.#sent) {
      const next = plan(change, this.#todos);
      if (!next.mutation) return this.#finish(next.overwrites);
      this.#sent = { ...next, key: crypto.randomUUID() };
      // What may have been done has to be repeated as it is, also after the device was switched off.
      await this.#save();
    }
    const { mutation, variables, key } = this.#sent;
    try {
      await this.#settle(change, this.#sent, await this.#api.mutate(mutation, variables, key));
    } catch (error) {
      if (!(error instanceof RefusedError) || !error.codes.every(code => HOPELESS.includes(code))) throw error;
      await this.#refuse(
        change,
        error.codes.map(code => ({ code, message: error.message })),
      );
    }
  }

  async #settle(change: Change, sent: Sent, { todo, userErrors }: Payload): Promise<void> {
    if (userErrors.length === 0 || (todo && userErrors.every(({ code }) => code === 'TAKEN'))) {
      if (todo) this.#learn(todo);
      else this.#todos.delete(change.id);
      if (todo) this.#settlePosition(sent, todo);
      if (sent.isLast) return this.#finish(sent.overwrites);
      this.#tell(sent.overwrites);
    } else if (userErrors.every(({ code }) => STALE.includes(code))) {
      if (todo) this.#learn(todo);
      else await this.#readAnew(idsOf(change));
    } else return this.#refuse(change, userErrors);
    // It is planned anew, on what is there now.
    this.#sent = null;
    await this.#save();
  }

  /** Where nobody else came in between, the next move of the todo begins at the place that this change gave it. */
  #settlePosition(sent: Sent, { id, version, position }: Todo): void {
    if ((sent.mutation !== 'createTodo' && sent.mutation !== 'moveTodo') || version !== sent.version + 1) return;
    const at = this.#outbox.findIndex((change, index) => index > 0 && change.kind === 'move' && change.id === id);
    const move = this.#outbox[at];
    if (move?.kind === 'move' && move.base === null) this.#outbox[at] = { ...move, base: position };
  }

  async #readAnew(ids: readonly string[]): Promise<void> {
    const found = await this.#api.byId(ids);
    for (const id of ids) if (!found.some(todo => todo.id === id)) this.#todos.delete(id);
    for (const todo of found) this.#learn(todo);
  }

  /** Answers may come in another order than that in which the server made them. */
  #learn(todo: Todo): void {
    if (todo.version >= (this.#todos.get(todo.id)?.version ?? 0)) this.#todos.set(todo.id, todo);
  }

  #tell(overwrites: readonly Overwrite[]): void {
    for (const overwrite of overwrites) this.#report({ kind: 'overwritten', overwrite });
  }

  async #refuse(change: Change, userErrors: readonly Omit<UserError, 'path'>[]): Promise<void> {
    this.#report({ kind: 'refused', change, userErrors });
    await this.#finish([]);
  }

  /** The first change of the outbox is done, or cannot be. */
  async #finish(overwrites: readonly Overwrite[]): Promise<void> {
    this.#tell(overwrites);
    this.#outbox.shift();
    this.#sent = null;
    await this.#save();
  }

  async #pull(): Promise<void> {
    for (let more = true; more; ) {
      try {
        if (this.#cursor === null) await this.#reload();
        more = await this.#pullPage();
      } catch (error) {
        // What came after the cursor is no longer kept.
        if (!(error instanceof RefusedError) || !error.codes.includes('CURSOR_EXPIRED')) throw error;
        this.#cursor = null;
      }
    }
  }

  /** Answers whether there is more. */
  async #pullPage(): Promise<boolean> {
    const { changes, cursor, hasMore } = await this.#api.changes(this.#cursor ?? '');
    for (const { todo } of changes) if (todo) this.#learn(todo);
    // In the trash, or gone for good.
    const hidden = changes.flatMap(({ todoId, todo }) => (todoId && !todo ? [todoId] : []));
    await this.#readAnew([...new Set(hidden)]);
    this.#cursor = cursor;
    await this.#save();
    return hasMore;
  }

  /** The cursor first: what is changed while the lists are read comes once more, and nothing is missed. */
  async #reload(): Promise<void> {
    const cursor = await this.#api.cursor();
    const all = await this.#api.all();
    this.#todos.clear();
    for (const todo of all) this.#learn(todo);
    this.#cursor = cursor;
    await this.#save();
  }

  async #save(): Promise<void> {
    this.#view = null;
    await this.#store.write({
      cursor: this.#cursor,
      todos: [...this.#todos.values()],
      outbox: [...this.#outbox],
      sent: this.#sent,
    });
  }
}

const idsOf = (change: Change): string[] =>
  change.kind === 'move' ? [change.id, change.afterId, change.beforeId].filter(id => id !== null) : [change.id];
