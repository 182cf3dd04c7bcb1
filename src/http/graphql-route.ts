import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationContext, type Services } from '../graphql/context.ts';
import { bodyTooLarge, LIMITS } from '../graphql/limits.ts';
import { type Answer, answerOrdinary } from '../graphql/ordinary-request.ts';
import type { GraphqlHandler, TransportContext } from '../graphql/yoga.ts';
import type { Config } from '../platform/config.ts';
import { Deadline } from '../platform/deadline.ts';
import { preferredType } from './accept.ts';
import { parseBody, readBody } from './body.ts';
import { bearerToken, createRefreshCookie, deviceOf } from './caller.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';
import { admitStream, asksForStream } from './stream-admission.ts';

export interface GraphqlRouteOptions {
  readonly config: Config;
  readonly services: Services;
  readonly graphql: GraphqlHandler;
  readonly limits: ConnectionLimits;
}

const ANSWERED_TYPES = [
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
  'multipart/mixed',
];

/** GraphQL over HTTP, and over server-sent events where they are asked for. */
export function createGraphqlRoute({ config, services, graphql, limits }: GraphqlRouteOptions): Route {
  return async (request, response) => {
    // Browsers send these types to any site without asking first; GraphQL in JSON makes them ask.
    if (request.method === 'POST' && !isJson(request)) {
      return sendProblem(
        response,
        415,
        'Unsupported Media Type',
        'Send GraphQL as JSON, with Content-Type: application/json.',
      );
    }
    if (request.method === 'GET' && isOfAnyPage(request, config)) {
      return sendProblem(
        response,
        400,
        'Bad Request',
        'Send Accept: application/json with a GET. Without, it may be an image or a link of any page.',
      );
    }
    if (preferredType(request.headers.accept, ANSWERED_TYPES) === null)
      return sendProblem(response, 406, 'Not Acceptable', `There are answers as ${ANSWERED_TYPES.join(', ')}.`);
    const context = httpContext(request, config, services);
    if (request.method === 'POST') {
      const body = await readBody(request, LIMITS.bodyBytes);
      if (body === null) return sendTooLarge(response);
      const parsed = parseBody(body);
      const answer = await answerOrdinary(graphql, { accept: request.headers.accept, body: parsed }, context);
      if (answer) return sendAnswer(response, answer);
      // Yoga takes a body that was read already as it is; reading it itself, it would pass it through four streams.
      Object.assign(request, { body: parsed });
    }
    if (asksForStream(request)) {
      const { trustProxy } = config;
      if (!(await admitStream(request, response, { limits, viewers: services.viewers, trustProxy }))) return;
    }
    await graphql(request, response, context);
  };
}

const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/(graphql\+|graphql-response\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '');

/**
 * Whether a page of another site may have made a browser ask without being allowed to: by an image, a script, a link. Those
 * never name GraphQL's types, and browsers say of them that they are not asked by CORS
 * (https://www.w3.org/TR/fetch-metadata/). Only production minds what says nothing of itself: in development an address can
 * be typed.
 */
function isOfAnyPage({ headers }: IncomingMessage, { production }: Config): boolean {
  const mode = headers['sec-fetch-mode'];
  if (mode === 'no-cors') return true;
  if (!production || mode === 'cors' || mode === 'same-origin') return false;
  return headers.authorization === undefined && !NAMED_TYPE.test(headers.accept ?? '');
}

const NAMED_TYPE = /\b(application\/(graphql-response\+)?json|text\/event-stream)\b/i;

function sendAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

/** As GraphQL's own errors are, for it is a GraphQL client that sent too much. */
function sendTooLarge(response: ServerResponse): void {
  const error = bodyTooLarge();
  // The rest of the body is on its way and nobody reads it.
  response.writeHead(413, { 'Content-Type': 'application/json; charset=utf-8', Connection: 'close' });
  response.end(JSON.stringify({ errors: [error] }));
}

/** Who asks over HTTP: the Authorization header, the cookie, the Idempotency-Key, the Last-Event-ID. */
function httpContext(request: IncomingMessage, config: Config, services: Services): TransportContext {
  const token = bearerToken(request.headers.authorization);
  const header = request.headers['idempotency-key'];
  const lastEventId = request.headers['last-event-id'];
  const device = deviceOf(request, config.trustProxy);
  const requestId = String(request.headers['x-request-id']);
  return {
    requestId,
    transport: asksForStream(request) ? 'sse' : 'http',
    contextFor: async ({ idempotencyKey, tellsCost }) =>
      new OperationContext({
        services,
        deadline: new Deadline(config.operationTimeoutMs),
        viewer: token === null ? 'MISSING' : await services.viewers.byToken(token, device),
        caller: {
          device,
          requestId,
          idempotencyKey: idempotencyKey ?? (typeof header === 'string' ? header : null),
          tellsCost: tellsCost || request.headers['x-cost'] === '1',
          lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
          refreshCookie: createRefreshCookie(request, config),
        },
      }),
  };
}
