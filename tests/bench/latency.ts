import { startHelper } from './ask.ts';
import type { BenchDatabase } from './database.ts';
import { MANY_SOCKETS, startDuely } from './duely.ts';
import { addPeople } from './people.ts';
import { openSubscribers } from './subscribers.ts';
import type { Writing, Written } from './todo-writer.ts';

/** In milliseconds. */
export interface Latency {
  /**
   * From a change to its receipt. A change says that it was made just ahead of its commit, by the clock of this same
   * machine: from the commit on it took a little less.
   */
  readonly receipt: readonly number[];
  /** From asking for a change to the mutation's answer. */
  readonly answer: readonly number[];
  /** Changes that were made, all told. */
  readonly perSecond: number;
}

/** As the README shows it: each event reads its todo. */
export const FOLLOW = `subscription ($after: String) {
  changes(after: $after) { cursor kind at ... on TodoChange { todoId todo { id title completed } } }
}`;

/**
 * So many people follow their feeds, a socket each. Another process creates todos over HTTP at a given pace, whatever the
 * answers take, for each person in turn; each change has one subscriber.
 */
export async function measureLatency(
  { url, client }: BenchDatabase,
  options: { people: number; perSecond: number; seconds: number; flags: readonly string[] },
): Promise<Latency> {
  const { perSecond, flags } = options;
  const people = await addPeople(client, options.people);
  await using undo = new AsyncDisposableStack();
  const server = await startDuely(url, { env: MANY_SOCKETS, flags });
  undo.defer(() => server.stop());
  const subscribers = undo.use(await openSubscribers({ url: server.url, query: FOLLOW, people }));
  const writer = undo.use(startHelper('todo-writer.ts'));

  const write = async (count: number) => {
    const writing: Writing = { url: server.url, tokens: people.map(({ token }) => token), count, perSecond };
    const [written, received] = await Promise.all([writer.ask<Written>(writing), subscribers.receive(count)]);
    return { written, received };
  };
  // One for each subscriber, not counted: by then the code that runs for each change is compiled.
  await write(people.length);
  const { written, received } = await write(perSecond * options.seconds);
  return { receipt: received.delays, answer: written.times, perSecond: written.times.length / written.seconds };
}
