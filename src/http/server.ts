import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type ApiInfo, OperationContext, type Services } from '../graphql/context.ts';
import { bodyTooLarge, LIMITS } from '../graphql/limits.ts';
import { type Answer, answerOrdinary } from '../graphql/ordinary-request.ts';
import type { GraphqlHandler, TransportContext } from '../graphql/yoga.ts';
import type { Sandbox } from '../payment/providers/sandbox/provider/sandbox.ts';
import type { Config } from '../platform/config.ts';
import { Deadline } from '../platform/deadline.ts';
import type { ExportFormats } from '../platform/export/export-format.ts';
import type { Logger } from '../platform/logger.ts';
import type { Mailbox } from '../platform/mail/mailbox.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Signals } from '../platform/signal.ts';
import { parseBody, readBody } from './body.ts';
import { bearerToken, createRefreshCookie, deviceOf, requestIdOf } from './caller.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { createExportRoute } from './export-route.ts';
import { createGraphiql } from './graphiql/graphiql.ts';
import { setProcessTime, setSecurityHeaders } from './headers.ts';
import { createImportRoute } from './import-route.ts';
import { sendMailPage, sendMailsAsJson } from './mail-pages.ts';
import { sendMetrics } from './metrics-server.ts';
import { createOrigins } from './origins.ts';
import { paymentRoutes } from './payment-routes.ts';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { type Dependencies, sendHealth, sendReadiness, sendRoot } from './status.ts';
import { admitStream, asksForStream } from './stream-admission.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly services: Services;
  readonly graphql: GraphqlHandler;
  readonly limits: ConnectionLimits;
  readonly signals: Signals;
  readonly jobs: Dependencies['jobs'];
  readonly exports: ExportFormats;
  readonly redis: Dependencies['redis'];
  /** Null where mails are sent. */
  readonly mailbox: Mailbox | null;
  /** Null where there is none, as in production. */
  readonly sandbox: Sandbox | null;
  /** Null where they are served on a port of their own. */
  readonly metrics: Metrics | null;
  readonly logger: Logger;
  readonly apiInfo: ApiInfo;
}

/** Slow clients must not hold a connection for ever. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

export function createHttpServer(options: HttpOptions): Server {
  const { config, logger } = options;
  const origins = createOrigins(config);
  const routes = createRoutes(options);
  const { payments, database } = options.services;
  const fromProviders = new Map(config.worker === 'only' ? [] : paymentRoutes({ payments, database, logger }));

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (origins.answer(request, response)) return;
    // Providers' messages prove themselves, and payers come back from pages of the providers'.
    const proven = fromProviders.get(path);
    if (proven) return proven(request, response);
    const route =
      routes.get(path) ??
      [...routes].find(([prefix]) => prefix.endsWith('/') && prefix !== '/' && path.startsWith(prefix))?.[1];
    if (!route) return sendProblem(response, 404, 'Not Found', `There is nothing at ${path}. See / for what there is.`);
    if (!origins.allows(request) && request.method !== 'GET') {
      return sendProblem(
        response,
        403,
        'Forbidden',
        `Pages of ${request.headers.origin} may not use this server: add the origin to ALLOWED_ORIGINS.`,
      );
    }
    await route(request, response);
  };

  const server = createServer((request, response) => {
    const begun = performance.now();
    const requestId = requestIdOf(request);
    request.headers['x-request-id'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    setProcessTime(response, begun);
    setSecurityHeaders(response, config);
    handle(request, response).catch((error: unknown) => {
      logger.error({ err: error, requestId }, 'a request failed');
      sendProblem(
        response,
        500,
        'Internal Server Error',
        `Something went wrong here. Say ${requestId} when you report it.`,
      );
    });
  });
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  return server;
}

/** By path; one that ends in a slash has all below it. */
function createRoutes(options: HttpOptions): ReadonlyMap<string, Route> {
  const {
    config,
    services,
    graphql,
    limits,
    signals,
    jobs,
    exports: formats,
    redis,
    mailbox,
    sandbox,
    metrics,
    apiInfo,
  } = options;
  const graphiql = config.graphiql ? createGraphiql({ endpoint: '/graphql', title: 'Duely GraphiQL' }) : null;
  const working = config.worker === 'only';
  const links = {
    ...(working ? {} : { GraphQL: '/graphql' }),
    ...(mailbox ? { mailbox: '/dev/mail' } : {}),
    ...(sandbox ? { 'payment sandbox': '/sandbox/control' } : {}),
    health: '/health',
    readiness: '/ready',
    ...(metrics ? { metrics: '/metrics' } : {}),
  };

  const sendGraphiql: Route = async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const page = await graphiql?.handle(new Request(url, { headers: requestHeaders(request) }));
    if (!page) return sendProblem(response, 404, 'Not Found', `There is nothing at ${url.pathname}.`);
    response.writeHead(page.status, Object.fromEntries(page.headers));
    response.end(Buffer.from(await page.arrayBuffer()));
  };

  const handleGraphql: Route = async (request, response) => {
    if (request.method === 'GET' && graphiql && wantsHtml(request)) return sendGraphiql(request, response);
    // Browsers send these types to any site without asking first; GraphQL in JSON makes them ask.
    if (request.method === 'POST' && !isJson(request)) {
      return sendProblem(
        response,
        415,
        'Unsupported Media Type',
        'Send GraphQL as JSON, with Content-Type: application/json.',
      );
    }
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

  const sendWorking: Route = (_request, response) =>
    sendProblem(
      response,
      503,
      'Service Unavailable',
      'This process does background jobs alone (WORKER=only): ask one that serves.',
    );

  const mailPages: [string, Route][] = mailbox
    ? [
        ['/dev/mail', (_request, response) => sendMailPage(response, mailbox)],
        ['/dev/mail.json', (_request, response) => sendMailsAsJson(response, mailbox)],
      ]
    : [];

  const numbers: [string, Route][] = metrics
    ? [['/metrics', (_request, response) => sendMetrics(response, metrics)]]
    : [];

  return new Map<string, Route>([
    ...mailPages,
    ...(sandbox ? sandboxRoutes(sandbox) : []),
    ...numbers,
    ['/', (request, response) => sendRoot(response, apiInfo, links, wantsHtml(request))],
    ['/health', (_request, response) => sendHealth(response, apiInfo)],
    ['/ready', (_request, response) => sendReadiness(response, { database: services.database, signals, jobs, redis })],
    ['/graphql', working ? sendWorking : handleGraphql],
    ['/graphql/', working ? sendWorking : sendGraphiql],
    ['/export', working ? sendWorking : createExportRoute({ services, formats, config })],
    ['/import', working ? sendWorking : createImportRoute({ services, config })],
  ]);
}

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

const wantsHtml = ({ headers }: IncomingMessage): boolean => headers.accept?.includes('text/html') ?? false;
const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/(graphql\+|graphql-response\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '');

const requestHeaders = ({ headers }: IncomingMessage): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );

/** Who asks over HTTP: the Authorization header, the cookie, the Idempotency-Key, the Last-Event-ID. */
function httpContext(request: IncomingMessage, config: Config, services: Services): TransportContext {
  const token = bearerToken(request.headers.authorization);
  const header = request.headers['idempotency-key'];
  const lastEventId = request.headers['last-event-id'];
  const device = deviceOf(request, config.trustProxy);
  const requestId = String(request.headers['x-request-id']);
  return {
    requestId,
    contextFor: async ({ idempotencyKey }) =>
      new OperationContext({
        services,
        deadline: new Deadline(config.operationTimeoutMs),
        viewer: token === null ? 'MISSING' : await services.viewers.byToken(token, device),
        caller: {
          device,
          requestId,
          idempotencyKey: idempotencyKey ?? (typeof header === 'string' ? header : null),
          lastEventId: typeof lastEventId === 'string' && lastEventId !== '' ? lastEventId : null,
          refreshCookie: createRefreshCookie(request, config),
        },
      }),
  };
}
