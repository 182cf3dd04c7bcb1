import { once } from 'node:events';
import { WebSocket } from 'ws';
import { answer } from './ask.ts';
import type { Person } from './people.ts';
import type { Received } from './subscribers.ts';

/** Who subscribes in this process: told once, as the first question. Then each question is how many more events to wait for. */
export interface Subscribing {
  readonly url: string;
  readonly query: string;
  /** A socket for each: somebody who stands here several times has several. */
  readonly people: readonly Person[];
}

/** Sockets that are being opened at once: fewer than a server lets wait. */
const OPENING = 50;

/** Whoever waited longer than that is told what came until then. */
const PATIENCE_MS = 60_000;

type Message = { type: string; payload?: { data?: { changes?: { at?: string } } } };

let received: Received = { events: 0, delays: [], lastMade: 0, lastReceived: 0 };
let wanted = Number.POSITIVE_INFINITY;
let enough: () => void = () => {};

function take({ payload }: Message): void {
  const change = payload?.data?.changes;
  if (!change) throw new Error(`An event was not what was subscribed to: ${JSON.stringify(payload)}`);
  const now = Date.now();
  const made = change.at === undefined ? now : Date.parse(change.at);
  received.events += 1;
  received.delays.push(now - made);
  received.lastMade = Math.max(received.lastMade, made);
  received.lastReceived = now;
  if (received.events >= wanted) enough();
}

/** Subscribes, and waits for the first event: from then on the server follows. */
async function subscribe({ url, query }: Subscribing, { token, beginning }: Person): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { promise: follows, resolve } = Promise.withResolvers<void>();
  const say = (message: object) => socket.send(JSON.stringify(message));
  socket.on('close', (code, reason) => {
    throw new Error(`A socket was closed with ${code}: ${reason}`);
  });
  socket.on('message', data => {
    const message = JSON.parse(String(data)) as Message;
    switch (message.type) {
      case 'connection_ack':
        return say({ id: '1', type: 'subscribe', payload: { query, variables: { after: beginning } } });
      case 'next':
        take(message);
        return resolve();
      case 'ping':
        return say({ type: 'pong' });
      default:
        throw new Error(`A server sent what was not asked for: ${data}`);
    }
  });
  await once(socket, 'open');
  say({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  await follows;
}

async function subscribeAll(subscribing: Subscribing): Promise<void> {
  const queue = subscribing.people.values();
  const next = async () => {
    for (const person of queue) await subscribe(subscribing, person);
  };
  await Promise.all(Array.from({ length: OPENING }, next));
}

async function waitFor(events: number): Promise<void> {
  if (received.events >= events) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  wanted = events;
  enough = resolve;
  const patience = setTimeout(resolve, PATIENCE_MS);
  await promise;
  clearTimeout(patience);
  wanted = Number.POSITIVE_INFINITY;
}

answer<Subscribing | number>(async question => {
  await (typeof question === 'number' ? waitFor(question) : subscribeAll(question));
  const taken = received;
  received = { events: 0, delays: [], lastMade: 0, lastReceived: 0 };
  return taken;
});
