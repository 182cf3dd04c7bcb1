import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getOperationAST } from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import { type Extra, useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { OperationContext, type Services } from '../graphql/context.ts';
import { type Operation, runOperation, runSubscription } from '../graphql/engine.ts';
import { readIdempotencyKey } from '../graphql/idempotency.ts';
import { LIMITS } from '../graphql/limits.ts';
import { maskError } from '../graphql/masking.ts';
import type { GraphqlHandler } from '../graphql/yoga.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Config } from '../platform/config.ts';
import { Deadline } from '../platform/deadline.ts';
import { ApiError, type AuthenticationFailure, unauthenticated } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { addressOf, bearerToken, requestIdOf } from './caller.ts';
import { createOrigins } from './origins.ts';

/** How long a client may take to say `connection_init`. */
const INIT_TIMEOUT_MS = 10_000;
/** A peer that does not answer a ping within as long again is gone. */
const PING_INTERVAL_MS = 12_000;
/** A peer that does not answer the closing handshake by then is cut off. */
const CLOSE_TIMEOUT_MS = 2_000;
/** The longest delay that a timer can have. */
const TIMER_MAX_MS = 2 ** 31 - 1;

const CLOSE = {
  /** The token is missing, bad or expired, or its session is over: the client may connect again with a new one. */
  forbidden: 4403,
  /** The server is restarting. */
  restart: 1012,
  /** The database is away. */
  tryLater: 1013,
} as const;

interface SocketState {
  viewer?: Viewer;
  stopWatching?: () => void;
}

export interface SocketServer {
  /** Closes every socket, and ends their operations. */
  close(): Promise<void>;
}

/** `graphql-transport-ws` on /graphql, by the same schema, limits and masking as HTTP. */
export function serveSockets(options: {
  server: Server;
  config: Config;
  services: Services;
  graphql: GraphqlHandler;
  logger: Logger;
}): SocketServer {
  const { server, config, services, graphql, logger } = options;
  const origins = createOrigins(config);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LIMITS.bodyBytes });
  const states = new WeakMap<WebSocket, SocketState>();

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refuse = (status: string) =>
      stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    stream.on('error', () => stream.destroy());
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse('404 Not Found');
    if (!origins.allows(request)) return refuse('403 Forbidden');
    sockets.handleUpgrade(request, stream, head, socket => {
      sockets.emit('connection', socket, request);
      // Such as a message that is too long: ws closes the socket with the right code; graphql-ws would print it.
      socket.removeAllListeners('error');
      socket.on('error', error => logger.debug({ err: error }, 'a socket broke'));
    });
  };
  server.on('upgrade', upgrade);

  const socketOptions: ServerOptions<Record<string, unknown>, Extra> = {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async ({ connectionParams, extra: { socket } }) => {
      const viewer = await signIn(services, connectionParams).catch((error: unknown) => {
        logger.warn({ err: error }, 'a socket could not be signed in');
        return null;
      });
      if (viewer === null) {
        socket.close(CLOSE.tryLater, 'The server cannot look up who you are: try again in a moment.');
        return false;
      }
      if (typeof viewer === 'string') {
        socket.close(CLOSE.forbidden, reasonFor(viewer));
        return false;
      }
      // It closed meanwhile: nothing would ever stop watching for it.
      if (socket.readyState !== socket.OPEN) return false;
      states.set(socket, { viewer, stopWatching: closeAtEnd(services, socket, viewer) });
      return true;
    },
    onClose: ({ extra: { socket } }) => states.get(socket)?.stopWatching?.(),
    onSubscribe: async ({ extra: { socket, request } }, _id, payload) => {
      const requestId = requestIdOf(request);
      try {
        const { schema, parse, validate } = graphql.getEnveloped({ params: payload });
        const document = parse(payload.query);
        const errors = validate(schema, document);
        if (errors.length > 0) return errors.map((error: unknown) => maskError(error, logger, requestId));
        if (!getOperationAST(document, payload.operationName))
          throw new ApiError('BAD_REQUEST', 'Could not determine what operation to execute.');
        const contextValue = await socketContext(services, config, request, {
          viewer: states.get(socket)?.viewer,
          idempotencyKey: payload.extensions?.idempotencyKey,
          requestId,
        });
        return {
          schema,
          document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue,
          hideSuggestions: !config.introspection,
        };
      } catch (error) {
        // Thrown on, it would close the socket and end all its other operations.
        return [maskError(error, logger, requestId)];
      }
    },
    execute: args => runOperation(args as Operation, logger),
    subscribe: args => runSubscription(args as Operation, logger),
  };
  useServer(socketOptions, sockets, PING_INTERVAL_MS);

  return {
    async close() {
      server.off('upgrade', upgrade);
      for (const socket of sockets.clients) socket.close(CLOSE.restart, 'The server is restarting.');
      const patience = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSE_TIMEOUT_MS);
      await new Promise<void>(resolve => sockets.close(() => resolve()));
      clearTimeout(patience);
    },
  };
}

async function signIn(
  services: Services,
  params: Readonly<Record<string, unknown>> | undefined,
): Promise<Viewer | AuthenticationFailure> {
  const token = bearerToken(params?.authorization ?? params?.Authorization);
  return token === null ? 'MISSING' : services.viewers.byToken(token);
}

const reasonFor = (failure: AuthenticationFailure): string => unauthenticated(failure).message.slice(0, 123);

/** Closes the socket when its token runs out or its session ends. Returns how to stop watching. */
function closeAtEnd(services: Services, socket: WebSocket, viewer: Viewer): () => void {
  const end = (failure: AuthenticationFailure) => socket.close(CLOSE.forbidden, reasonFor(failure));
  const lifetime = Math.min(viewer.tokenExpiresAt - services.clock().getTime(), TIMER_MAX_MS);
  const timer = setTimeout(end, lifetime, 'EXPIRED' satisfies AuthenticationFailure);
  timer.unref();
  const unwatch = services.viewers.watch(viewer, async () => {
    const now = await services.viewers.renew(viewer).catch(() => viewer);
    if (typeof now === 'string') end(now);
  });
  return () => {
    clearTimeout(timer);
    unwatch();
  };
}

async function socketContext(
  services: Services,
  config: Config,
  request: IncomingMessage,
  given: { viewer: Viewer | undefined; idempotencyKey: unknown; requestId: string },
) {
  return new OperationContext({
    services,
    deadline: new Deadline(config.operationTimeoutMs),
    viewer: given.viewer ? await services.viewers.renew(given.viewer) : 'MISSING',
    caller: {
      device: { userAgent: request.headers['user-agent'] ?? null, ipAddress: addressOf(request, config.trustProxy) },
      requestId: given.requestId,
      idempotencyKey: readIdempotencyKey(given.idempotencyKey),
      refreshCookie: null,
    },
  });
}
