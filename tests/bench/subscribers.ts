import { startHelper } from './ask.ts';
import type { Subscribing } from './socket-clients.ts';

/** What subscribers received since they were asked last, all of them taken together. */
export interface Received {
  events: number;
  /** From the time that each change says it was made at to its receipt, in milliseconds; whole ones, as the feed's are. */
  delays: number[];
  /** Milliseconds since 1970. */
  lastMade: number;
  lastReceived: number;
}

export interface Subscribers extends Disposable {
  /** Waits until so many more events came. Throws where they do not come within a minute, or others besides. */
  receive(events: number): Promise<Received>;
}

/** A socket with a subscription for each, from one other process. Each has received the entry that every feed begins with. */
export async function openSubscribers(subscribing: Subscribing): Promise<Subscribers> {
  using undo = new DisposableStack();
  const clients = undo.use(startHelper('socket-clients.ts'));
  check(await clients.ask<Received>(subscribing), subscribing.people.length);
  const done = undo.move();
  return {
    receive: async events => check(await clients.ask<Received>(events), events),
    [Symbol.dispose]: () => done.dispose(),
  };
}

function check(received: Received, events: number): Received {
  if (received.events !== events) throw new Error(`${received.events} events were received instead of ${events}.`);
  return received;
}
