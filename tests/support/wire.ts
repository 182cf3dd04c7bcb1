import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A socket as it is on the wire, for what no well-behaved client would send. */
export interface Wire extends AsyncDisposable {
  readonly messages: WireMessage[];
  /** Null while it is open. */
  closedWith(): { code: number; reason: string } | null;
  /** Text as it stands; anything else as JSON. */
  send(message: unknown): void;
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
    async [Symbol.asyncDispose]() {
      if (closed) return;
      const gone = once(socket, 'close');
      socket.close();
      await gone;
    },
  };
}
