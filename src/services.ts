import { FeedReader } from './change/reader.ts';
import { ChangeTracker } from './change/tracker.ts';
import { createTransact } from './change/transact.ts';
import { entities, tracking } from './entities.ts';
import type { Services } from './graphql/context.ts';
import { createOrigins } from './http/origins.ts';
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
import type { Clock } from './platform/clock.ts';
import type { Config } from './platform/config.ts';
import { openDatabase } from './platform/database.ts';
import { DatabaseProbe } from './platform/database-probe.ts';
import { ExternalTokens } from './platform/external-tokens/external-tokens.ts';
import { Jobs } from './platform/jobs/jobs.ts';
import type { Logger } from './platform/logger.ts';
import { type Mailer, noMailer } from './platform/mail/mail.ts';
import { Mailbox } from './platform/mail/mailbox.ts';
import { createSmtpMailer } from './platform/mail/smtp.ts';
import { Metrics } from './platform/metrics.ts';
import { Observation } from './platform/observation.ts';
import { readPackageInfo } from './platform/package-info.ts';
import type { Fellows } from './platform/processes/fellows.ts';
import { createCounters } from './platform/rate-limits/counters.ts';
import { PointBuckets } from './platform/rate-limits/points.ts';
import { SharedPoints } from './platform/rate-limits/shared-points.ts';
import { Redis } from './platform/redis.ts';
import type { openSignals } from './platform/signal.ts';
import { createRepeated, createWorkers } from './workers.ts';

export interface ServiceOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signals: typeof openSignals;
  readonly fellows: Fellows;
  /** Where this server is reached: known once it listens. */
  readonly own: { readonly url: string };
}

export type Parts = ReturnType<typeof createServices>;

/** Everything that works behind the server, put together: what operations use, and what only app.ts starts and stops. */
export function createServices({ config, databaseUrl, clock, logger, signals: open, fellows, own }: ServiceOptions) {
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
  const appUrl = () => config.appUrl ?? config.publicUrl ?? own.url;
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
  const publicUrl = () => config.publicUrl ?? own.url;
  const baseUrl = () => own.url;
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

  return {
    services,
    metrics,
    probe,
    directUrl,
    redis,
    signals,
    sharedPoints,
    mailbox,
    mailer,
    workers,
    repeated,
    origins,
    sandbox,
  };
}

function readApiInfo() {
  const { name, version, description } = readPackageInfo();
  return { name, version, description };
}
