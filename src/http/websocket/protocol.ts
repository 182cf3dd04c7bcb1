import type { IncomingMessage, Server } from 'node:http';
import { getOperationAST } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { OperationContext, type Services } from '../../graphql/context.ts';
import { type Operation, runOperation, runSubscription } from '../../graphql/engine.ts';
import { readIdempotencyKey } from '../../graphql/idempotency.ts';
import { maskError } from '../../graphql/masking.ts';
import { observeContext, observeOperation, observeRefusal } from '../../graphql/observed-operation.ts';
import { withDocument } from '../../graphql/trusted-documents.ts';
import type { GraphqlHandler } from '../../graphql/yoga.ts';
import type { Config } from '../../platform/config.ts';
import { Deadline } from '../../platform/deadline.ts';
import { ApiError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/logger.ts';
import { deviceOf, requestIdOf } from '../caller.ts';
import type { ConnectionLimits } from '../connection-limits.ts';
import type { Origins } from '../origins.ts';
import { CLOSE } from './close-codes.ts';
import type { SocketSession } from './socket-session.ts';

/** How long a client may take to say `connection_init`. */
const INIT_TIMEOUT_MS = 10_000;

export interface SocketServerOptions {
  readonly server: Server;
  readonly config: Config;
  readonly services: Services;
  readonly graphql: GraphqlHandler;
  readonly limits: ConnectionLimits;
  readonly origins: Origins;
  readonly logger: Logger;
}

/** What belongs to a socket. */
export interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly session: SocketSession;
  /** Gives back its places among the connections. */
  leave: () => void;
}

type Params = Record<string, unknown>;
type SocketOperation = Operation & { session: SocketSession };

/** What graphql-ws asks us at each step of `graphql-transport-ws`. */
export function protocolOptions({
  config,
  services,
  graphql,
  limits,
  logger,
}: SocketServerOptions): ServerOptions<Params, Extra> {
  const prepare = async ({ extra, subscriptions }: Context<Params, Extra>, given: SubscribePayload) => {
    const { request, session, socket } = extra;
    const requestId = requestIdOf(request);
    try {
      if (Object.keys(subscriptions).length > config.sockets.operations) {
        const message = `A socket may have ${config.sockets.operations} operations at once.`;
        socket.close(CLOSE.tooMany, message);
        throw new ApiError('TOO_COMPLEX', message);
      }
      const payload = withDocument(graphql.documents, given) as SubscribePayload;
      const { schema, parse, validate } = graphql.getEnveloped({ params: payload });
      const document = parse(payload.query);
      const errors = validate(schema, document);
      if (errors.length > 0) return refuse(errors, requestId);
      if (!getOperationAST(document, payload.operationName))
        throw new ApiError('BAD_REQUEST', 'Could not determine what operation to execute.');
      return {
        schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await contextFor(session, request, payload, requestId),
        hideSuggestions: !config.introspection,
        session,
      };
    } catch (error) {
      // Thrown on, it would close the socket and end all its other operations.
      return refuse([error], requestId);
    }
  };

  const refuse = (errors: readonly unknown[], requestId: string) => {
    const masked = errors.map(error => maskError(error, logger, requestId));
    observeRefusal(services.observation, requestId, masked);
    return masked;
  };

  const contextFor = async (
    session: SocketSession,
    request: IncomingMessage,
    payload: SubscribePayload,
    requestId: string,
  ) =>
    new OperationContext({
      services,
      deadline: new Deadline(config.operationTimeoutMs),
      viewer: session.viewer ? await services.viewers.renew(session.viewer) : 'MISSING',
      caller: {
        device: deviceOf(request, config.trustProxy),
        requestId,
        idempotencyKey: readIdempotencyKey(payload.extensions?.idempotencyKey),
        tellsCost: payload.extensions?.cost === true,
        renewedViewer: () => session.viewer,
        refreshCookie: null,
      },
    });

  const observed = <Result extends object>(operation: Operation, run: () => Promise<Result>): Promise<Result> => {
    const { document, operationName, contextValue: context } = operation;
    const { requestId } = context.caller;
    const asked = { document, operationName, requestId, transport: 'ws' } as const;
    return observeOperation(services.observation, asked, () => {
      observeContext(context);
      return run();
    });
  };

  return {
    connectionInitWaitTimeout: INIT_TIMEOUT_MS,
    onConnect: async ({ connectionParams, extra }) => {
      const { socket, session } = extra;
      try {
        if (!(await session.signIn(connectionParams?.authorization ?? connectionParams?.Authorization))) return false;
      } catch (error) {
        logger.warn({ err: error }, 'a socket could not be signed in');
        socket.close(CLOSE.tryLater, 'The server cannot look up who you are: try again in a moment.');
        return false;
      }
      const leave = session.viewer && limits.perViewer.take(session.viewer.userId);
      if (!leave) {
        socket.close(CLOSE.tryLater, `You have ${limits.perViewer.max} connections open: close some first.`);
        return false;
      }
      const leaveAddress = extra.leave;
      extra.leave = () => {
        leave();
        leaveAddress();
      };
      // It closed meanwhile, and has left before.
      if (socket.readyState === socket.OPEN) return true;
      session.close();
      extra.leave();
      return false;
    },
    onSubscribe: (context, _id, payload) => prepare(context, payload),
    execute: args => {
      const { session, ...operation } = args as SocketOperation;
      return session.run(observed(operation, () => runOperation(operation, logger)));
    },
    subscribe: args => observed(args as Operation, () => runSubscription(args as Operation, logger)),
  };
}
