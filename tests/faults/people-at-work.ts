import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { byEvents, bySocket, type Follower, followThrough } from '../live/follower.ts';
import type { TestDatabase } from '../support/database.ts';
import { createPeople, type SignedIn } from '../support/people.ts';

/** An answer that came, or what came instead. */
export interface Answer {
  readonly status: number;
  readonly codes: readonly string[];
  readonly retryAfter: string | null;
  readonly ms: number;
  /** Null where it was an answer; why there was none. */
  readonly broken: string | null;
}

/** People who write, read and follow their feeds while something goes wrong. */
export interface PeopleAtWork {
  readonly answers: readonly Answer[];
  /** Writes that were acknowledged so far. */
  acknowledged(): number;
  /**
   * Ends the work: each write that was begun is tried until it is acknowledged, and each follower goes on until it has been
   * given all. Fails where a write is not there exactly once, or a follower was not given what the feed has.
   */
  finish(): Promise<void>;
}

const WRITERS = 4;
const READERS = 4;
/** As people have it, and so that the machine is not busy with this alone. */
const PAUSE_MS = 10;
const PAUSE_AFTER_FAILURE_MS = 100;

const CREATE = 'mutation ($input: CreateTodoInput!) { createTodo(input: $input) { todo { id } userErrors { code } } }';
const LIST = '{ todos(first: 20) { nodes { id title } totalCount } }';

export async function startWork(url: string, database: TestDatabase): Promise<PeopleAtWork> {
  const people = await createPeople(database, WRITERS);
  const answers: Answer[] = [];
  const written = new Map(people.map(({ uuid }) => [uuid, [] as string[]]));
  let isOver = false;
  /** How many changes each follower is to be given; null while that is open. */
  let expected: ReadonlyMap<string, number> | null = null;

  /** The data where it is a success; null otherwise. */
  const ask = async ({ accessToken }: SignedIn, query: string, variables: object, key?: string) => {
    const begun = performance.now();
    const note = (answer: Partial<Answer>) =>
      answers.push({ status: 0, codes: [], retryAfter: null, broken: null, ms: performance.now() - begun, ...answer });
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${accessToken}`,
          ...(key ? { 'idempotency-key': key } : {}),
        },
        body: JSON.stringify({ query, variables }),
      });
      const { data = null, errors = [] } = (await response.json()) as {
        data?: { createTodo?: { todo: object | null } } | null;
        errors?: { extensions: { code: string } }[];
      };
      const codes = errors.map(({ extensions }) => extensions.code);
      note({ status: response.status, codes, retryAfter: response.headers.get('retry-after') });
      return codes.length === 0 ? data : null;
    } catch (error) {
      note({ broken: String(error instanceof Error ? (error.cause ?? error) : error) });
      return null;
    }
  };

  const write = async (person: SignedIn) => {
    const titles = written.get(person.uuid) ?? [];
    for (let n = 0; !isOver; n += 1) {
      const [title, key] = [`todo ${n}`, randomUUID()];
      while (!(await ask(person, CREATE, { input: { title } }, key))?.createTodo?.todo)
        await sleep(PAUSE_AFTER_FAILURE_MS);
      titles.push(title);
      await sleep(PAUSE_MS);
    }
  };
  const read = async (person: SignedIn) => {
    while (!isOver) await sleep((await ask(person, LIST, {})) ? PAUSE_MS : PAUSE_AFTER_FAILURE_MS);
  };

  const working = [
    ...people.map(write),
    ...Array.from({ length: READERS }, (_, n) => read(people[n % WRITERS] as SignedIn)),
  ];
  const isDone = ({ person, seqs }: Follower) => expected !== null && seqs.length >= (expected.get(person.uuid) ?? 0);
  const following = people.map((person, n) =>
    followThrough({ urls: () => [url], person, way: n % 2 ? byEvents : bySocket, stayMax: 1_000_000, isDone }),
  );

  return {
    answers,
    acknowledged: () => [...written.values()].reduce((sum, titles) => sum + titles.length, 0),
    async finish() {
      isOver = true;
      await Promise.all(working);
      // A follower looks whether it is done when it is given something: the last one is written when it is known to be it.
      expected = new Map([...written].map(([owner, titles]) => [owner, titles.length + 1]));
      await Promise.all(
        people.map(person => ask(person, CREATE, { input: { title: 'the last one' } }, 'the last one')),
      );
      for (const titles of written.values()) titles.push('the last one');
      const followers = await Promise.all(following);

      const ids = people.map(({ uuid }) => uuid);
      const rows = await database.query<{ owner: string; titles: string[] }>(
        'select owner_id as owner, array_agg(title order by title) as titles from todos where owner_id = any($1) group by 1',
        [ids],
      );
      const feeds = await database.query<{ owner: string; seqs: string[] }>(
        'select owner_id as owner, array_agg(seq order by seq) as seqs from changes where owner_id = any($1) group by 1',
        [ids],
      );
      expect(Object.fromEntries(rows.map(({ owner, titles }) => [owner, titles.toSorted()]))).toEqual(
        Object.fromEntries([...written].map(([owner, titles]) => [owner, titles.toSorted()])),
      );
      expect(Object.fromEntries(followers.map(({ person, seqs }) => [person.uuid, seqs]))).toEqual(
        Object.fromEntries(feeds.map(({ owner, seqs }) => [owner, seqs.map(Number)])),
      );
    },
  };
}

/** What a server may answer while the database does not: it says so, and when to come back. */
const PROPER_CODES = new Set(['UNAVAILABLE', 'IDEMPOTENCY_IN_PROGRESS']);

/** The answers that are none of a success, UNAVAILABLE, 503 with Retry-After; and those that took too long. */
export const improper = (answers: readonly Answer[], slowestMs: number): Answer[] =>
  answers.filter(({ status, codes, retryAfter, ms, broken }) => {
    if (broken !== null || ms > slowestMs || !codes.every(code => PROPER_CODES.has(code))) return true;
    if (status === 503) return retryAfter === null;
    return status !== 200 && status !== 409;
  });
