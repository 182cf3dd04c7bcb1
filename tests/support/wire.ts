import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Person, TestApp } from './app.ts';
import { until } from './wait.ts';

/** A socket as it is on the wire, for what no well-behaved client would send. */
export interface Wire extends AsyncDisposable {
  readonly messages: WireMessage[];
  /** Null while it is open. */
  closedWith(): { code: number; reason: string } | null;
  /** Text as it stands; anything else as JSON. */
  send(message: unknown): void;
  /** Reads nothing more, not even pings, until it is told to go on. */
  pause(): void;
  resume(): void;
}

export interface WireMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** Opens `graphql-transport-ws` at this server. Throws where the upgrade is refused. */
export async function openWire(
  url: string,
  {
    headers = {},
    protocols = ['graphql-transport-ws'],
  }: { headers?: Record<string, string>; protocols?: string[] } = {},
): Promise<Wire> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocols, { headers });
  const messages: WireMessage[] = [];
  let closed: { code: number; reason: string } | null = null;
  socket.on('message', data => messages.push(JSON.parse(String(data)) as WireMessage));
  socket.on('close', (code, reason) => {
    closed = { code, reason: reason.toString() };
  });
  await once(socket, 'open');
  return {
    messages,
    closedWith: () => closed,
    send: message => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    async [Symbol.asyncDispose]() {
      if (closed) return;
      socket.resume();
      const gone = once(socket, 'close');
      socket.close();
      await gone;
    },
  };
}

export const initFor = ({ accessToken }: Pick<Person, 'accessToken'>) => ({
  type: 'connection_init',
  payload: { authorization: `Bearer ${accessToken}` },
});

/** Opens one and signs in. */
export async function signedIn({ url }: Pick<TestApp, 'url'>, as: Pick<Person, 'accessToken'>): Promise<Wire> {
  const wire = await openWire(url);
  wire.send(initFor(as));
  await until('the socket is acknowledged', () => wire.messages.some(({ type }) => type === 'connection_ack'));
  return wire;
}

export const closed = (wire: Wire, timeoutMs?: number) =>
  until('the socket is closed', () => wire.closedWith() !== null, timeoutMs);

/** Signals of other processes arrive. */
export const hears = ({ url }: Pick<TestApp, 'url'>) =>
  until('the listener is up', async () => (await (await fetch(`${url}/ready`)).text()).includes('"listener":"up"'));
