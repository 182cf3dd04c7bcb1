import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { LIMITS } from '../../graphql/limits.ts';
import type { Logger } from '../../platform/logger.ts';
import { addressOf, deviceOf } from '../caller.ts';
import { CLOSE, reasonOf } from './close-codes.ts';
import { Heartbeat } from './heartbeat.ts';
import { type Extra, protocolOptions, type SocketServerOptions } from './protocol.ts';
import { SocketSession } from './socket-session.ts';
import { createTransport } from './transport.ts';

/** A peer that does not answer the closing handshake by then is cut off. */
const CLOSE_TIMEOUT_MS = 2_000;
/** So long a socket that has to close waits for the answers to what its peer has asked. */
const ANSWER_TIMEOUT_MS = 10_000;

export interface SocketServer {
  /** How many are open. */
  readonly open: number;
  /** Takes no more sockets and closes those that are open, spread over the configured time. */
  close(): Promise<void>;
}

/** `graphql-transport-ws` on /graphql, by the same schema, limits and masking as HTTP. */
export function serveSockets(options: SocketServerOptions): SocketServer {
  const { server, config, services, origins, limits, logger } = options;
  const heartbeat = new Heartbeat();
  const protocol = makeServer<Record<string, unknown>, Extra>(protocolOptions(options));
  // closeTimeout is not in the types of ws yet.
  const known = { closeTimeout: CLOSE_TIMEOUT_MS, maxPayload: LIMITS.bodyBytes, autoPong: false };
  const sockets = new WebSocketServer({ ...known, noServer: true, handleProtocols });
  const sessions = new Map<WebSocket, SocketSession>();
  let stopping = false;

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refuse = (status: string) =>
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    stream.on('error', () => stream.destroy());
    if (stopping) return refuse('503 Service Unavailable');
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse('404 Not Found');
    if (!origins.allows(request)) return refuse('403 Forbidden');
    sockets.handleUpgrade(request, stream, head, socket => open(socket, request));
  };
  server.on('upgrade', upgrade);

  const open = (socket: WebSocket, request: IncomingMessage) => {
    // Such as a message that is too long, or half a frame: ws closes the socket with the right code.
    socket.on('error', error => logger.debug({ err: error }, 'a socket broke'));
    const leave = limits.perAddress.take(addressOf(request, config.trustProxy) ?? 'unknown');
    if (!leave) {
      socket.close(CLOSE.tryLater, `Your address has ${limits.perAddress.max} connections open: close some first.`);
      return;
    }
    const session = new SocketSession(services, deviceOf(request, config.trustProxy), why =>
      socket.close(CLOSE.forbidden, reasonOf(why)),
    );
    sessions.set(socket, session);
    const extra: Extra = { socket, request, session, leave };
    const transport = createTransport(socket, { onPing: payload => renew(session, payload, logger), logger });
    const closed = protocol.opened(transport, extra);
    const unwatch = heartbeat.watch(socket);
    socket.once('close', (code, reason) => {
      unwatch();
      sessions.delete(socket);
      session.close();
      extra.leave();
      void closed(code, reason.toString());
    });
  };

  return {
    get open() {
      return sockets.clients.size;
    },
    async close() {
      stopping = true;
      heartbeat.close();
      const over = Promise.all(
        [...sessions].map(([socket, session]) => closeWithin(socket, session, config.sockets.closeSpreadMs)),
      );
      await over;
      server.off('upgrade', upgrade);
    },
  };
}

/** At any moment of the spread, so that not all of them come back in one instant; behind the answers under way. */
async function closeWithin(socket: WebSocket, session: SocketSession, spreadMs: number): Promise<void> {
  if (socket.readyState === socket.CLOSED) return;
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
  await Promise.race([closed, sleep(Math.random() * spreadMs).then(() => session.idle(ANSWER_TIMEOUT_MS))]);
  socket.close(CLOSE.restart, 'The server is restarting.');
  await closed;
}

/**
 * A ping that has an Authorization header's value renews the socket's token. Its pong says until when the token in use is
 * good; where nobody could look up the new one, that is still the old one.
 */
async function renew(
  session: SocketSession,
  payload: unknown,
  logger: Logger,
): Promise<Record<string, unknown> | undefined> {
  const given = typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>) : undefined;
  if (given?.authorization === undefined) return given;
  if (!session.viewer) return undefined;
  await session.signIn(given.authorization).catch((error: unknown) => {
    logger.warn({ err: error }, 'the token of a socket could not be renewed');
  });
  return { expiresAt: new Date(session.viewer.tokenExpiresAt).toISOString() };
}
