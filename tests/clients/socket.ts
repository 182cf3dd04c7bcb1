import { type Client, createClient, MessageType, stringifyMessage } from 'graphql-ws';
import type { Session } from './session.ts';

/** The token was refused, has expired, or its session is over. */
const FORBIDDEN = 4403;
/** A peer that does not answer a ping within so long is gone. */
const PONG_TIMEOUT_MS = 5_000;
/** Timers cannot wait for ever; to renew a token early does no harm. */
const RENEWAL_MAX_MS = 3_600_000;

export interface SocketOptions {
  /** Of the GraphQL endpoint, `ws:` or `wss:`. */
  readonly url: string;
  readonly session: Session;
  /** How long nothing may be heard of the server before it is pinged. */
  readonly keepAliveMs?: number;
}

/**
 * A graphql-ws client that signs in with the session's newest token, renews it while the socket is open, and notices a
 * server that is gone. It does not connect again by itself: it would repeat a subscription with its old cursor. `follow`
 * in feed.ts subscribes again.
 */
export function openSocket({ url, session, keepAliveMs = 12_000 }: SocketOptions): Client {
  let token = '';
  let renewal: ReturnType<typeof setTimeout>;
  let silence: ReturnType<typeof setTimeout>;

  const keepSignedIn = (socket: WebSocket) => {
    renewal = setTimeout(
      async () => {
        // Where it fails nothing is lost: the server closes the socket when the token ends, and a new one is opened.
        const newest = await session.accessToken().catch(() => null);
        if (newest === null || socket.readyState !== WebSocket.OPEN) return;
        if (newest !== token)
          socket.send(stringifyMessage({ type: MessageType.Ping, payload: { authorization: `Bearer ${newest}` } }));
        token = newest;
        keepSignedIn(socket);
      },
      Math.min(session.freshFor, RENEWAL_MAX_MS),
    );
  };

  const client = createClient({
    url,
    retryAttempts: 0,
    keepAlive: keepAliveMs,
    connectionParams: async () => {
      token = await session.accessToken();
      return { authorization: `Bearer ${token}` };
    },
    on: {
      connected: socket => keepSignedIn(socket as WebSocket),
      ping: received => {
        clearTimeout(silence);
        if (!received) silence = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS);
      },
      pong: received => {
        if (received) clearTimeout(silence);
      },
      closed: event => {
        clearTimeout(renewal);
        clearTimeout(silence);
        if ((event as CloseEvent).code === FORBIDDEN) session.expire(token);
      },
    },
  });
  return client;
}
