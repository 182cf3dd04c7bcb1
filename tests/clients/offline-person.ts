import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { PASSWORD, type Person } from '../support/app.ts';
import type { TcpProxy } from '../support/proxy.ts';
import { OfflineTodos } from './offline.ts';
import type { Field, Fields, MutationName } from './offline-merge.ts';
import type { OfflineState, Report } from './offline-replica.ts';
import { Session } from './session.ts';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a person did on a device, with what they saw then. */
export type Deed =
  | { kind: 'create' | 'restore'; id: string }
  | { kind: 'edit'; id: string; field: Field; seen: unknown; value: unknown }
  | { kind: 'move'; id: string; seen: string | null }
  | { kind: 'delete'; id: string; seen: Fields };

export interface Asked {
  readonly mutation: MutationName;
  readonly id: string;
  /** 0 for what was created. */
  readonly expectedVersion: number;
}

/** There was no answer. */
class LostError extends TypeError {}

/** A device with a person who does things at random, and a network that loses requests and answers. */
export class Device {
  readonly name: string;
  readonly deeds: Deed[] = [];
  readonly reports: Report[] = [];
  /** By their idempotency keys. */
  readonly asked = new Map<string, Asked>();
  readonly network: TcpProxy;
  readonly #session: Session;
  readonly #random: () => number;
  #kept = 'null';
  #now: number;
  todos: OfflineTodos;
  /** How likely it is that a request does not get through. */
  trouble = 0;
  lostAnswers = 0;
  replays = 0;

  constructor(name: string, network: TcpProxy, random: () => number, now = Date.now()) {
    this.name = name;
    this.network = network;
    this.#random = random;
    this.#now = now;
    this.#session = new Session({ url: `${network.url}/graphql` });
    this.todos = this.open();
  }

  async logIn(person: Person): Promise<void> {
    expect(await this.#session.logIn(person.username, PASSWORD)).toEqual([]);
  }

  /** As after it was switched off: it knows what it kept, and nothing else. */
  open(): OfflineTodos {
    this.todos = new OfflineTodos({
      url: `${this.network.url}/graphql`,
      session: { fetch: (input, init) => this.#fetch(input, init) },
      store: {
        read: () => JSON.parse(this.#kept) as OfflineState | null,
        write: state => {
          this.#kept = JSON.stringify(state);
        },
      },
      report: report => this.reports.push(report),
      clock: () => this.#now,
    });
    return this.todos;
  }

  get kept(): OfflineState {
    return JSON.parse(this.#kept) as OfflineState;
  }

  /** Tries until it gets through; at times it is switched off in between. */
  async sync(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.todos.sync();
      } catch (error) {
        if (!(error instanceof LostError) || attempt === 1_000) throw error;
        if (this.#random() < 0.3) this.open();
      }
    }
  }

  /** So many things in so many milliseconds. */
  async live(count: number, milliseconds: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      this.#now += milliseconds / count;
      await this.#act();
    }
  }

  async #act(): Promise<void> {
    const shown = this.todos.todos;
    const live = shown.filter(({ deleted }) => !deleted);
    const todo = this.#oneOf(live);
    const thrownAway = this.#oneOf(shown.filter(({ deleted }) => deleted));
    const choice = this.#random();
    if (!todo || choice < 0.08) {
      this.deeds.push({ kind: 'create', id: await this.todos.create({ title: this.#text(), tags: [this.#text()] }) });
    } else if (choice < 0.68) {
      const [field, value] = this.#oneOf<[Field, unknown]>([
        ['title', this.#text()],
        ['title', this.#text()],
        ['description', this.#random() < 0.2 ? null : this.#text()],
        ['completed', this.#random() < 0.5],
        ['dueAt', this.#random() < 0.2 ? null : new Date(Math.floor(this.#random() * 2e12)).toISOString()],
        ['priority', this.#oneOf(['NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT'])],
        ['tags', [this.#text(), 'same']],
        ['reminder', this.#random() < 0.2 ? null : { at: new Date(Math.floor(this.#random() * 2e12)).toISOString() }],
      ]) ?? ['title', 'x'];
      this.deeds.push({ kind: 'edit', id: todo.id, field, seen: todo[field], value });
      await this.todos.edit(todo.id, { [field]: value });
    } else if (choice < 0.82) {
      const other = this.#oneOf(live.filter(({ id }) => id !== todo.id));
      const next = other && live[live.indexOf(other) + 1];
      const beforeId = next && next.id !== todo.id ? next.id : null;
      this.deeds.push({ kind: 'move', id: todo.id, seen: todo.position });
      await this.todos.move(todo.id, { afterId: other?.id ?? null, beforeId });
    } else if (choice < 0.91 || !thrownAway) {
      const { id, deleted, position, ...seen } = todo;
      this.deeds.push({ kind: 'delete', id, seen });
      await this.todos.delete(id);
    } else {
      this.deeds.push({ kind: 'restore', id: thrownAway.id });
      await this.todos.restore(thrownAway.id);
    }
  }

  /** Nobody else ever writes the same. */
  #text(): string {
    return `${this.name} ${this.deeds.length} ${'🦊'.repeat(Math.floor(this.#random() * 3))}`;
  }

  #oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)];
  }

  async #fetch(input: string | URL | globalThis.Request, init?: RequestInit): Promise<Response> {
    const { query, variables, extensions } = JSON.parse(String(init?.body));
    const mutation = /payload: (\w+)/.exec(query)?.[1] as MutationName | undefined;
    if (mutation) {
      const { id = variables.input?.id, expectedVersion = variables.input?.expectedVersion ?? 0 } = variables;
      this.asked.set(extensions.idempotencyKey, { mutation, id, expectedVersion });
    }
    const trouble = this.#random() / this.trouble;
    if (trouble < 0.3) throw new LostError('This request never left the device.');
    const asked = this.#session.fetch(input, init).catch(cause => {
      throw cause instanceof TypeError ? new LostError('The connection broke.', { cause }) : cause;
    });
    if (trouble < 0.5) {
      // Somewhere on its way, there or back.
      asked.catch(() => {});
      await setImmediate();
      this.network.cut();
      this.network.mend();
    }
    const answer = await asked;
    if ((await answer.clone().text()).includes('"idempotentReplay":true')) this.replays += 1;
    if (trouble < 1) this.lostAnswers += 1;
    if (trouble < 1) throw new LostError('This answer was lost.');
    return answer;
  }
}
