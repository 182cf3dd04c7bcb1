import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../src/platform/logger.ts';
import { openSignals } from '../../src/platform/signal.ts';
import { addTodo } from '../support/feed-workload.ts';
import { openWriter } from '../support/writer.ts';
import type { BenchDatabase } from './database.ts';
import { MANY_SOCKETS, startDuely } from './duely.ts';
import { addPeople } from './people.ts';
import { median } from './rounds.ts';
import { openSubscribers } from './subscribers.ts';

const QUERY = 'subscription ($after: String) { changes(after: $after) { cursor kind at } }';
const POLL_MS = 5;

/**
 * One transaction of another process makes so many changes of one person's; how many seconds later has each of the
 * person's sockets received all of them? From the last change, which is made just ahead of the commit.
 */
export async function measureBurst(
  { url, client }: BenchDatabase,
  options: { sockets: number; changes: number; rounds: number; flags: readonly string[] },
): Promise<number> {
  const { sockets, changes, flags } = options;
  const [person] = await addPeople(client, 1);
  if (!person) throw new Error('There is nobody.');
  await using undo = new AsyncDisposableStack();
  const server = await startDuely(url, { env: MANY_SOCKETS, flags });
  undo.defer(() => server.stop());
  const people = Array.from({ length: sockets }, () => person);
  const subscribers = undo.use(await openSubscribers({ url: server.url, query: QUERY, people }));
  const signals = openSignals({ url, logger: createLogger('error') });
  const writer = undo.use(openWriter({ url }, { signals }));
  while (!signals.connected) await sleep(POLL_MS);

  const burst = async (): Promise<number> => {
    await writer.transact(person.id, async em => {
      for (let n = 0; n < changes; n += 1) addTodo(em, person.id, `Water plant number ${n}`);
    });
    const { lastMade, lastReceived } = await subscribers.receive(changes * sockets);
    return (lastReceived - lastMade) / 1000;
  };
  // Not counted: it has the code compiled.
  await burst();
  const taken: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) taken.push(await burst());
  return median(taken);
}
