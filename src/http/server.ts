import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Services } from '../graphql/context.ts';
import type { GraphqlHandler } from '../graphql/yoga.ts';
import type { Sandbox } from '../payment/providers/sandbox/provider/sandbox.ts';
import type { Config } from '../platform/config.ts';
import type { ExportFormats } from '../platform/export/export-format.ts';
import type { Logger } from '../platform/logger.ts';
import type { Mailbox } from '../platform/mail/mailbox.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Signals } from '../platform/signal.ts';
import type { RequestWork } from '../platform/work.ts';
import { requestIdOf } from './caller.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { createExportRoute } from './export-route.ts';
import { createGraphiqlRoute } from './graphiql/graphiql-route.ts';
import { createGraphqlRoute } from './graphql-route.ts';
import { setProcessTime, setSecurityHeaders } from './headers.ts';
import { createImportRoute } from './import-route.ts';
import { sendMailPage, sendMailsAsJson } from './mail-pages.ts';
import { sendMetrics } from './metrics-server.ts';
import { observeRequest, pathOf } from './observed-request.ts';
import type { Origins } from './origins.ts';
import { paymentRoutes } from './payment-routes.ts';
import { sendProblem } from './problem.ts';
import { createReadiness, type Dependencies } from './readiness.ts';
import type { Route } from './route.ts';
import { sandboxRoutes } from './sandbox-routes.ts';
import { sendHealth, sendReadiness, sendRoot } from './status.ts';

export interface HttpOptions {
  readonly config: Config;
  readonly services: Services;
  readonly graphql: GraphqlHandler;
  readonly limits: ConnectionLimits;
  readonly origins: Origins;
  readonly signals: Signals;
  /** Asks the database whether it is there. */
  readonly probe: Dependencies['probe'];
  readonly jobs: Dependencies['jobs'];
  readonly exports: ExportFormats;
  readonly redis: Dependencies['redis'];
  /** Null where mails are sent. */
  readonly mailbox: Mailbox | null;
  /** Null where there is none, as in production. */
  readonly sandbox: Sandbox | null;
  /** Null where they are served on a port of their own. */
  readonly metrics: Metrics | null;
  /** Whether the server is on its way out. */
  readonly isStopping: () => boolean;
  readonly logger: Logger;
  readonly patience?: Patience;
}

/** For so long a client may send its headers, and its whole request; and how often it is looked at. */
export interface Patience {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly checkEveryMs: number;
}

/** Slow clients must not hold a connection for ever. Node looks at them every thirty seconds unless told. */
export const PATIENCE: Patience = { headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, checkEveryMs: 2_000 };

export function createHttpServer(options: HttpOptions): Server {
  const { config, origins, isStopping, logger, patience = PATIENCE } = options;
  const routes = createRoutes(options);
  const { payments, database } = options.services;
  const fromProviders = new Map(config.worker === 'only' ? [] : paymentRoutes({ payments, database, logger }));

  const routeAt = (path: string): string | undefined =>
    fromProviders.has(path) || routes.has(path)
      ? path
      : [...routes.keys()].find(prefix => prefix.endsWith('/') && prefix !== '/' && path.startsWith(prefix));

  const handle = async (request: IncomingMessage, response: ServerResponse, work: RequestWork) => {
    const path = pathOf(request);
    const found = routeAt(path);
    // Below a prefix the path may name what only its owner should know.
    if (found !== undefined) Object.assign(work, { route: found, path: found });
    if (origins.answer(request, response)) return;
    // Providers' messages prove themselves, and payers come back from pages of the providers'.
    const proven = fromProviders.get(path);
    if (proven) return proven(request, response);
    const route = found === undefined ? undefined : routes.get(found);
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

  const server = createServer({ connectionsCheckingInterval: patience.checkEveryMs }, (request, response) => {
    const requestId = requestIdOf(request);
    request.headers['x-request-id'] = requestId;
    response.setHeader('X-Request-Id', requestId);
    // What comes next on the connection would come to a server that is gone.
    if (isStopping()) response.setHeader('Connection', 'close');
    setSecurityHeaders(response, config);
    observeRequest(options.services.observation, { request, response, requestId }, work => {
      setProcessTime(response, work, { parts: !config.production });
      handle(request, response, work).catch((error: unknown) => {
        logger.error({ err: error, requestId }, 'a request failed');
        sendProblem(
          response,
          500,
          'Internal Server Error',
          `Something went wrong here. Say ${requestId} when you report it.`,
        );
      });
    });
  });
  server.headersTimeout = patience.headersTimeoutMs;
  server.requestTimeout = patience.requestTimeoutMs;
  return server;
}

/** By path; one that ends in a slash has all below it. */
function createRoutes(options: HttpOptions): ReadonlyMap<string, Route> {
  const { config, services, graphql, limits, exports: formats, mailbox, sandbox, metrics } = options;
  const { apiInfo } = services;
  const readiness = createReadiness({ ...options, database: services.database });
  const sendGraphiql = config.graphiql ? createGraphiqlRoute() : null;
  const answerGraphql = createGraphqlRoute({ config, services, graphql, limits });
  const working = config.worker === 'only';
  const links = {
    ...(working ? {} : { GraphQL: '/graphql' }),
    ...(mailbox ? { mailbox: '/dev/mail' } : {}),
    ...(sandbox ? { 'payment sandbox': '/sandbox/control' } : {}),
    health: '/health',
    readiness: '/ready',
    ...(metrics ? { metrics: '/metrics' } : {}),
  };
  const ofOperators: [string, Route][] = [
    ['/', (request, response) => sendRoot(response, apiInfo, links, wantsHtml(request))],
    ['/health', (_request, response) => sendHealth(response, apiInfo)],
    ['/ready', (_request, response) => sendReadiness(response, readiness)],
    ...optional(metrics, numbers => [['/metrics', (_request, response) => sendMetrics(response, numbers)]]),
  ];
  const ofDevelopment: [string, Route][] = [
    ...optional(mailbox, box => [
      ['/dev/mail', (_request, response) => sendMailPage(response, box)],
      ['/dev/mail.json', (_request, response) => sendMailsAsJson(response, box)],
    ]),
    ...optional(sandbox, sandboxRoutes),
  ];
  const ofFrontEnds: [string, Route][] = [
    [
      '/graphql',
      (request, response) =>
        sendGraphiql && request.method === 'GET' && wantsHtml(request)
          ? sendGraphiql(request, response)
          : answerGraphql(request, response),
    ],
    ...optional(sendGraphiql, send => [['/graphql/', send]]),
    ['/export', createExportRoute({ services, formats, config })],
    ['/import', createImportRoute({ services, config })],
  ];
  return new Map([
    ...ofDevelopment,
    ...ofOperators,
    ...ofFrontEnds.map(([path, route]): [string, Route] => [path, working ? sendWorking : route]),
  ]);
}

/** Nothing where the part is not there. */
const optional = <Part>(part: Part | null, routes: (part: Part) => readonly [string, Route][]) =>
  part === null ? [] : routes(part);

const sendWorking: Route = (_request, response) =>
  sendProblem(
    response,
    503,
    'Service Unavailable',
    'This process does background jobs alone (WORKER=only): ask one that serves.',
  );

const wantsHtml = ({ headers }: IncomingMessage): boolean => headers.accept?.includes('text/html') ?? false;
