import type { BenchDatabase } from './database.ts';
import { MANY_SOCKETS, startDuely } from './duely.ts';
import { type Memory, PROBED, settledMemory } from './memory.ts';
import { addPeople, type Person } from './people.ts';
import { median } from './rounds.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { openSubscribers } from './subscribers.ts';

/** Bytes for each socket. */
export interface SocketCosts {
  readonly duely: Memory;
  readonly bare: Memory;
}

const QUERY = 'subscription ($after: String) { changes(after: $after) { cursor kind } }';
const PEOPLE = 100;
/** These come first and stay: they have the code compiled and the pools filled, which every server does once. */
const EARLIER = 1_000;

/** What a socket with an idle subscription costs Duely, and a graphql-ws server with nothing behind it. */
export async function measureSockets(
  { url, client }: BenchDatabase,
  { sockets, rounds }: { sockets: number; rounds: number },
): Promise<SocketCosts> {
  const people = await addPeople(client, PEOPLE);
  const duely: Memory[] = [];
  const bare: Memory[] = [];
  for (let round = 0; round < rounds; round += 1) {
    duely.push(await costOf(await startDuely(url, { ...PROBED, env: MANY_SOCKETS }), people, sockets));
    const env = { NODE_ENV: 'production' };
    bare.push(await costOf(await startServer({ ...PROBED, script: 'socket-server.ts', env }), people, sockets));
  }
  return { duely: medians(duely), bare: medians(bare) };
}

async function costOf(server: ServerProcess, people: readonly Person[], sockets: number): Promise<Memory> {
  try {
    const open = (count: number) => openSubscribers({ url: server.url, query: QUERY, people: inTurn(people, count) });
    using _earlier = await open(EARLIER);
    const before = await settledMemory(server);
    using _measured = await open(sockets);
    const after = await settledMemory(server);
    return { rss: (after.rss - before.rss) / sockets, heapUsed: (after.heapUsed - before.heapUsed) / sockets };
  } finally {
    await server.stop();
  }
}

const inTurn = (people: readonly Person[], count: number): Person[] =>
  Array.from({ length: count }, (_, n) => people[n % people.length]).filter(person => person !== undefined);

const medians = (costs: readonly Memory[]): Memory => ({
  rss: median(costs.map(({ rss }) => rss)),
  heapUsed: median(costs.map(({ heapUsed }) => heapUsed)),
});
