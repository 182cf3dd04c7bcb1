import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GraphQLSchema } from 'graphql';
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
import { createHttpServer, type Patience } from './http/server.ts';
import { serveSockets } from './http/websocket/socket-server.ts';
import { type Clock, systemClock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { closeDatabase } from './platform/database.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { createNoFellows, type Fellows } from './platform/processes/fellows.ts';
import { openSignals } from './platform/signal.ts';
import { createSchema } from './schema.ts';
import { createServices } from './services.ts';

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

/** Puts the parts together, with services.ts: nothing else does. */
export function createApp({
  config,
  databaseUrl,
  clock = systemClock,
  logger = createLogger(config.logLevel),
  signals = openSignals,
  url = '',
  fellows = createNoFellows(),
  schema = createSchema(),
  patience,
}: AppOptions): App {
  const own = { url };
  const parts = createServices({ config, databaseUrl, clock, logger, signals, fellows, own });
  const { services, metrics, redis, mailbox, sandbox, origins, probe, workers, repeated } = parts;
  const { database, feed, jobs, observation } = services;

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
    signals: parts.signals,
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
    directUrl: parts.directUrl,
    feed,
    signals: parts.signals,
    redis,
    sockets,
    streams,
    jobNames: [...workers.map(({ job }) => job.name), ...repeated.map(({ name }) => name)],
    version: services.apiInfo.version,
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
      own.url = address.url;
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
      services.viewers.close();
      await jobsStopped;
      await jobs.close();
      parts.mailer.close();
      await parts.sharedPoints?.close();
      await parts.signals.close();
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
