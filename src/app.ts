import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
import { FeedReader } from './change/reader.ts';
import { ChangeTracker } from './change/tracker.ts';
import { createTransact } from './change/transact.ts';
import { entities, tracking } from './entities.ts';
import { createExportFormats } from './exports.ts';
import type { Services } from './graphql/context.ts';
import { EventStreams } from './graphql/event-streams.ts';
import { readTrustedDocuments } from './graphql/trusted-documents.ts';
import { createGraphqlHandler } from './graphql/yoga.ts';
import { ConnectionLimit } from './http/connection-limits.ts';
import { HandedConnections } from './http/handed-connections.ts';
import { type Address, listenOn } from './http/listen.ts';
import { createMetricsServer } from './http/metrics-server.ts';
import { setUpObservers } from './http/observers.ts';
import { createOrigins } from './http/origins.ts';
import { createHttpServer, type Patience } from './http/server.ts';
import { serveSockets } from './http/websocket/socket-server.ts';
import { ExternalSessions } from './identity/external-sessions.ts';
import { LogInLimits } from './identity/log-in-limits.ts';
import { SecurityLog } from './identity/security-log.ts';
import { SharedViewers } from './identity/shared-viewers.ts';
import { Viewers } from './identity/viewers.ts';
import { measureBacklog } from './payment/payment-backlog.ts';
import { createPaymentMetrics } from './payment/payment-metrics.ts';
import { createPayments, type Payments } from './payment/payments.ts';
import { setUpProviders } from './payment/providers/configured.ts';
import { AccessTokens } from './platform/access-tokens.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { closeDatabase, openDatabase } from './platform/database.ts';
import { DatabaseProbe } from './platform/database-probe.ts';
import { ExternalTokens } from './platform/external-tokens/external-tokens.ts';
import { Jobs } from './platform/jobs/jobs.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { type Mailer, noMailer } from './platform/mail/mail.ts';
import { Mailbox } from './platform/mail/mailbox.ts';
import { createSmtpMailer } from './platform/mail/smtp.ts';
import { Metrics } from './platform/metrics.ts';
import { Observation } from './platform/observation.ts';
import { readPackageInfo } from './platform/package-info.ts';
import { createNoFellows, type Fellows } from './platform/processes/fellows.ts';
import { createCounters } from './platform/rate-limits/counters.ts';
import { PointBuckets } from './platform/rate-limits/points.ts';
import { SharedPoints } from './platform/rate-limits/shared-points.ts';
import { Redis } from './platform/redis.ts';
import { openSignals } from './platform/signal.ts';
import { createSchema } from './schema.ts';
import { createRepeated, createWorkers } from './workers.ts';

export interface App {
  readonly services: Services;
  /**
   * Begins to serve; answers with the address on this machine, whatever PUBLIC_URL says, and with that of the numbers where
   * they have a port of their own.
   */
  listen(): Promise<Address & { readonly metricsUrl: string | null }>;
  /** Serves what comes over a connection of another kind than those of a port, whether there is one or not. */
  accept(connection: Duplex): void;
  /**
   * Stops serving: first /ready says so, for as long as whoever spreads requests needs to see it; then nothing new is
   * taken, sockets are closed, requests and jobs under way finish, and the database's connections end.
   */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  /** Where the database is; migrated. */
  readonly databaseUrl: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** How wake-ups travel; unless told, in process, and by Redis or NOTIFY. */
  readonly signals?: typeof openSignals;
  /** Where it is reached if it never listens, for links where no setting says so. */
  readonly url?: string;
  /** The other processes behind the same port; unless told, there are none. */
  readonly fellows?: Fellows;
  /** What is served; unless told, the product's own. */
  readonly schema?: GraphQLSchema;
  /** With clients that are slow to send. */
  readonly patience?: Patience;
}

/** The only place where parts are put together. */
export function createApp({
  config,
  databaseUrl,
  clock = systemClock,
  logger = createLogger(config.logLevel),
  signals: open = openSignals,
  url: ownUrl = '',
  fellows = createNoFellows(),
  schema = createSchema(),
  patience,
}: AppOptions): App {
  const apiInfo = readApiInfo();
  const observation = new Observation();
  const metrics = new Metrics(logger, fellows);
  const tracker = new ChangeTracker(tracking);
  const database = openDatabase({
    entities,
    subscribers: [tracker],
    clock,
    logger,
    ...config.database,
    url: databaseUrl,
    observation,
  });
  const probe = new DatabaseProbe({ url: databaseUrl });
  const directUrl = config.database.directUrl ?? databaseUrl;
  const redis = config.redisUrl ? new Redis({ url: config.redisUrl, prefix: config.redisPrefix, logger }) : null;
  const signals = open({ url: directUrl, redis, logger });
  const tokens = new AccessTokens({ secrets: config.jwtSecrets, ttlSeconds: config.accessTokenTtlSeconds, clock });
  // A transaction is shown in traces alone: without them it costs nothing.
  const transact = createTransact({
    database,
    tracker,
    signals,
    observation: config.tracing ? observation : undefined,
  });
  const security = new SecurityLog({ database, clock, logger });
  const counters = config.rateLimits ? createCounters({ database, redis, logger }) : null;
  const points = config.rateLimits ? new PointBuckets({ ...config.operationCost, clock }) : null;
  const sharedPoints = points && redis ? new SharedPoints({ points, redis, logger }) : null;
  const logInLimits = new LogInLimits({ counters, database, security });
  const externalSessions =
    config.externalTokens &&
    new ExternalSessions({
      tokens: new ExternalTokens({ settings: config.externalTokens, clock, logger }),
      database,
      transact,
      security,
      clock,
    });
  const shared = redis && new SharedViewers({ redis, secret: config.jwtSecrets[0], clock });
  const viewers = new Viewers({ tokens, externalSessions, database, clock, signals, shared });
  const feed = new FeedReader({ database, signals, logger });
  const sessions = { secrets: config.jwtSecrets, refreshTokenTtlSeconds: config.refreshTokenTtlSeconds };
  const mailbox = config.mail.via === 'MAILBOX' ? new Mailbox({ clock, fellows }) : null;
  const mailer: Mailer = mailbox ?? (config.mail.via === 'SMTP' ? createSmtpMailer(config.mail) : noMailer);
  const appUrl = () => config.appUrl ?? config.publicUrl ?? ownUrl;
  const mailParts = { database, transact, clock, logger, secrets: config.jwtSecrets, appUrl };
  const workerOptions = { ...mailParts, mailer, security, jobs: () => jobs, payments: () => payments, config };
  const repeated = createRepeated({ ...workerOptions, observation });
  const workers = createWorkers(workerOptions);
  const jobs: Jobs = new Jobs({
    url: directUrl,
    statementTimeoutMs: config.database.statementTimeoutMs,
    connectTimeoutMs: config.database.connectTimeoutMs,
    working: config.worker !== 'off',
    workers,
    database,
    signals,
    logger,
    observation,
  });
  const origins = createOrigins(config);
  const publicUrl = () => config.publicUrl ?? ownUrl;
  const baseUrl = () => ownUrl;
  const { adapters, sandbox } = setUpProviders({
    environment: config.paymentEnvironment,
    // A process of jobs alone takes no messages: they go to one that serves.
    sandbox: config.sandboxPayments
      ? {
          database,
          logger,
          secret: config.jwtSecrets[0],
          baseUrl,
          merchantUrl: config.worker === 'only' ? publicUrl : baseUrl,
        }
      : null,
    publicUrl,
    clock,
  });
  measureBacklog(metrics, { database, clock }, adapters.keys());
  const payments: Payments = createPayments({
    adapters,
    database,
    transact,
    jobs,
    metrics: createPaymentMetrics(metrics, adapters.keys()),
    clock,
    logger,
    observation,
    allowsOrigin: origin => origins.isListed(origin),
  });
  const services: Services = {
    database,
    transact,
    feed,
    tokens,
    viewers,
    sessions,
    security,
    counters,
    points,
    maxOperationCost: config.operationCost.max,
    logInLimits,
    todoLimits: config.openTodos,
    orders: { ttlHours: config.orderTtlHours },
    payments,
    jobs,
    clock,
    logger,
    observation,
    apiInfo,
  };

  const streams = new EventStreams(logger);
  const documents = readTrustedDocuments(config.trustedDocuments);
  const graphql = createGraphqlHandler({
    schema,
    logger,
    documents,
    introspection: config.introspection,
    streams,
    observation,
  });
  const limits = {
    perAddress: new ConnectionLimit(config.sockets.perAddress),
    perViewer: new ConnectionLimit(config.sockets.perViewer),
  };
  const server = createHttpServer({
    config,
    services,
    graphql,
    limits,
    origins,
    signals,
    probe,
    jobs,
    exports: createExportFormats(config, clock),
    redis,
    mailbox,
    sandbox,
    // Strangers would read the numbers of production.
    metrics: config.metricsPort === undefined && !config.production ? metrics : null,
    isStopping: () => stopping,
    logger,
    ...(patience ? { patience } : {}),
  });
  const handed = new HandedConnections(server);
  const metricsServer = config.metricsPort === undefined ? null : createMetricsServer(metrics);
  // Without, a socket is answered as any request.
  const sockets =
    config.worker === 'only' ? null : serveSockets({ server, config, services, graphql, limits, origins, logger });
  const observers = setUpObservers({
    observation,
    metrics,
    logger,
    config,
    database,
    directUrl,
    feed,
    signals,
    redis,
    sockets,
    streams,
    jobNames: [...workers.map(({ job }) => job.name), ...repeated.map(({ name }) => name)],
    version: apiInfo.version,
  });
  let tracing: { close(): Promise<void> } | null = null;
  let jobsStart: NodeJS.Timeout | undefined;
  let stopping = false;

  return {
    services,
    async listen() {
      if (config.tracing) {
        const { setUpTracing } = await import('./http/tracing.ts');
        tracing = setUpTracing({ settings: config.tracing, observation, databaseUrl, logger });
      }
      // The first calls are counted together with the other processes' too.
      await redis?.opened;
      if (config.production && config.metricsPort === undefined)
        logger.warn('/metrics is not served: set METRICS_PORT to a port that only Prometheus reaches');
      const address = await listenOn(server, { ...config, settings: 'HOST or PORT' });
      ownUrl = address.url;
      const metricsAddress =
        metricsServer &&
        (await listenOn(metricsServer, { host: config.host, port: config.metricsPort ?? 0, settings: 'METRICS_PORT' }));
      jobsStart = setTimeout(() => {
        jobs.start();
        if (config.worker === 'off') return;
        for (const one of repeated) one.start();
        sandbox?.start();
      }, JOBS_DELAY_MS);
      return { ...address, metricsUrl: metricsAddress && `${metricsAddress.url}/metrics` };
    },
    accept: handed.accept,
    async close() {
      stopping = true;
      clearTimeout(jobsStart);
      if (server.listening && config.shutdownDelayMs > 0) await sleep(config.shutdownDelayMs);
      const closed = Promise.all([server.listening ? once(server, 'close') : null, handed.closed()]);
      server.close();
      const jobsStopped = Promise.all([
        jobs.stop(SHUTDOWN_MS),
        ...repeated.map(one => one.stop(SHUTDOWN_MS)),
        sandbox?.stop(SHUTDOWN_MS),
      ]);
      // These first: a subscription that were completed instead would look as if there was nothing more to come.
      await Promise.all([sockets?.close(), streams.close(config.sockets.closeSpreadMs)]);
      feed.close();
      metricsServer?.close();
      metricsServer?.closeAllConnections();
      server.closeIdleConnections();
      const patience = setTimeout(() => {
        server.closeAllConnections();
        handed.closeAll();
      }, SHUTDOWN_MS);
      await closed;
      clearTimeout(patience);
      await graphql.dispose();
      viewers.close();
      await jobsStopped;
      await jobs.close();
      mailer.close();
      await sharedPoints?.close();
      await signals.close();
      await redis?.close();
      await observers.close();
      await tracing?.close();
      probe.close();
      await closeDatabase(database, SHUTDOWN_MS);
    },
  };
}

/** Requests and jobs under way have so long to finish. */
const SHUTDOWN_MS = 10_000;
/** The first requests come before the jobs, which take some time to load. */
const JOBS_DELAY_MS = 1_000;

function readApiInfo() {
  const { name, version, description } = readPackageInfo();
  return { name, version, description };
}
