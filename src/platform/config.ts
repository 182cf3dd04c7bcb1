import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { withCertainTls } from './database-address.ts';
import { Environment, productionFaults } from './environment.ts';
import { SetupError } from './errors.ts';
import { externalTokenFaults, externalTokenSettings } from './external-tokens/settings.ts';
import { tracingSettings } from './tracing/settings.ts';

/** The environment is read here and nowhere else. Every setting is explained in .env.example. */
export type Config = ReturnType<typeof readConfig>;

/** Where front ends of the usual development servers run. */
const DEVELOPMENT_ORIGINS = [
  'http://localhost:3000',
  'http://localhost:5173',
  'http://127.0.0.1:3000',
  'http://127.0.0.1:5173',
];

/**
 * Reads all settings, from the environment and from `.env` beside it (the environment wins). Throws a SetupError that
 * names every fault at once: the setting, what is wrong with it, and an example.
 *
 * In development the signing secret is made once and kept in DATA_DIR; production demands one.
 */
export function readConfig(source: Settings = readEnvironment(), otherFaults?: FindFaults) {
  const { given, parsed, faults } = readSettings(source, otherFaults);
  if (!parsed.success || faults.length > 0) {
    throw new SetupError(
      `The settings cannot be used:\n${faults.map(fault => `  ${fault}`).join('\n')}\n.env.example explains each.`,
    );
  }
  const env = parsed.data;
  const production = env.NODE_ENV === 'production';
  const dataDir = resolve(env.DATA_DIR);
  return {
    environment: env.NODE_ENV,
    production,
    host: env.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: env.PORT,
    /** Where /metrics is served alone. Undefined: beside everything else. */
    metricsPort: env.METRICS_PORT,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
    logLevel: env.LOG_LEVEL,
    /** Null: no traces are made. */
    tracing: tracingSettings(env),
    /** How many proxies stand in front, each of which adds to X-Forwarded-For. 0: the header is not believed. */
    trustProxy: env.TRUST_PROXY,
    operationTimeoutMs: env.OPERATION_TIMEOUT_MS,
    sockets: {
      /** Of one person and of one address, at the same time; streams of events over HTTP are counted with them. */
      perViewer: env.SOCKETS_PER_VIEWER,
      perAddress: env.SOCKETS_PER_ADDRESS,
      /** At the same time on one socket. */
      operations: env.SOCKET_OPERATIONS,
      /** A server that stops closes its sockets within so long, each at a moment of its own. */
      closeSpreadMs: env.SOCKET_CLOSE_SPREAD_MS ?? (production ? 5_000 : 0),
    },
    /** How many each plan has room for. */
    openTodos: { FREE: env.FREE_OPEN_TODOS, PRO: env.PRO_OPEN_TODOS },
    /** So long a todo stays in the trash. */
    trashDays: env.TRASH_DAYS,
    /** So long an order waits for a payment. */
    orderTtlHours: env.ORDER_TTL_HOURS,
    allowedOrigins: env.ALLOWED_ORIGINS ?? (production ? [] : DEVELOPMENT_ORIGINS),
    dataDir,
    database: {
      /** Undefined: the embedded PostgreSQL in dataDir. */
      url: env.DATABASE_URL && withCertainTls(env.DATABASE_URL),
      /** For what needs sessions: wake-ups, jobs, migrations. Undefined: the same as url. */
      directUrl: env.DATABASE_DIRECT_URL && withCertainTls(env.DATABASE_DIRECT_URL),
      /** Whether url is that of a pooler that hands out sessions by transaction: what else would there be two for? */
      isPooled: env.DATABASE_DIRECT_URL !== undefined && env.DATABASE_DIRECT_URL !== env.DATABASE_URL,
      poolMax: env.DATABASE_POOL_MAX,
      connectTimeoutMs: env.DATABASE_CONNECT_TIMEOUT_MS,
      /** A connection that nobody used for so long is closed. */
      idleTimeoutMs: env.DATABASE_IDLE_TIMEOUT_MS,
      /** A connection is used for no longer. 0: as long as it lasts. */
      recycleSeconds: env.DATABASE_RECYCLE_SECONDS,
      /** Whether a server migrates the database at `url` as it starts; the embedded one always is. */
      migrateOnStart: env.MIGRATE_ON_START,
      preparedStatements: env.DATABASE_PREPARED_STATEMENTS ?? true,
      statementTimeoutMs: env.DATABASE_STATEMENT_TIMEOUT_MS,
      /** A statement that takes so long is logged, with its plan. 0: none is. */
      slowStatementMs: env.SLOW_QUERY_MS,
    },
    /** Undefined: what processes share is in the database. */
    redisUrl: env.REDIS_URL,
    /** What the names of all keys and channels there begin with. */
    redisPrefix: env.REDIS_PREFIX,
    /** How many processes serve behind the one port. */
    workers: env.WORKERS,
    /** A server that stops says so at /ready, and goes on serving for so long, before it takes no more. */
    shutdownDelayMs: env.SHUTDOWN_DELAY_MS ?? (production ? 5_000 : 0),
    /** Whether this process does background jobs; `only`: and serves no GraphQL. */
    worker: env.WORKER,
    /** Newest first: the first signs, all verify. */
    jwtSecrets: env.JWT_SECRETS ?? ([developmentSecret(dataDir)] satisfies [string]),
    accessTokenTtlSeconds: env.ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenTtlSeconds: env.REFRESH_TOKEN_TTL_SECONDS,
    /** Null: no tokens but our own are taken. */
    externalTokens: externalTokenSettings(env),
    rateLimits: env.RATE_LIMITS,
    operationCost: {
      /** In points, of any one operation. */
      max: env.MAX_OPERATION_COST,
      /** What each caller's bucket holds, and how fast it fills up. */
      capacity: env.COST_POINTS,
      perSecond: env.COST_POINTS_PER_SECOND,
    },
    trustedDocuments: {
      /** Manifests: files in JSON. */
      files: env.TRUSTED_DOCUMENTS ?? [],
      /** Whether nothing else runs. */
      only: env.TRUSTED_DOCUMENTS_ONLY,
    },
    /** Whether there is a make-believe payment provider. */
    sandboxPayments: env.SANDBOX_PAYMENTS ?? !production,
    graphiql: env.GRAPHIQL ?? !production,
    introspection: env.INTROSPECTION ?? !production,
    /** Where the front end is, whose pages the links in mails open. Undefined: publicUrl, or the server itself. */
    appUrl: env.APP_URL?.replace(/\/+$/, ''),
    mail: mailOf(env),
    /** Of the payment providers, by their names in the environment: their adapters read and check them. */
    paymentEnvironment: Object.fromEntries(
      Object.entries(given).filter(([name]) => /^(NODE_ENV$|STRIPE_|JAZZCASH_|EASYPAISA_)/.test(name)),
    ),
  };
}

/** What is wrong with the limits of operations, taken together. */
function operationFaults(env: Environment): string[] {
  const faults: string[] = [];
  if (env.COST_POINTS < env.MAX_OPERATION_COST)
    faults.push(
      `COST_POINTS has to be at least MAX_OPERATION_COST, which is ${env.MAX_OPERATION_COST}: an operation that costs as much could never run`,
    );
  if (env.TRUSTED_DOCUMENTS_ONLY && !env.TRUSTED_DOCUMENTS?.length)
    faults.push(
      'TRUSTED_DOCUMENTS is missing: with TRUSTED_DOCUMENTS_ONLY=on nothing else runs, such as documents.json',
    );
  return faults;
}

/** Where mails go: to a server, into the mailbox of development, or nowhere. */
type MailConfig = { via: 'SMTP'; url: string; from: string } | { via: 'MAILBOX' } | { via: 'NOTHING' };

function mailOf({ SMTP_URL: url, MAIL_FROM, PUBLIC_URL }: Environment): MailConfig {
  if (url === undefined) return { via: 'MAILBOX' };
  if (url === 'off') return { via: 'NOTHING' };
  return {
    via: 'SMTP',
    url,
    from: MAIL_FROM ?? `Duely <no-reply@${new URL(PUBLIC_URL ?? 'http://localhost').hostname}>`,
  };
}

/** Settings by their names in the environment. */
type Settings = Readonly<Record<string, string | undefined>>;
/** Of settings that others read, such as those of the payment providers. */
type FindFaults = (given: Settings) => readonly string[];

/** The settings that were given, and what is wrong with them: sentences that begin with the setting's name. */
export function readSettings(source: Settings, otherFaults: FindFaults = () => []) {
  // An empty value means the same as none: `PORT= npm start`.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = Environment.safeParse(given);
  const faults = parsed.success ? [] : parsed.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`);
  faults.push(...productionFaults(given));
  if (parsed.success && parsed.data.PORT !== 0 && parsed.data.METRICS_PORT === parsed.data.PORT)
    faults.push(
      'METRICS_PORT has to be another port than PORT, such as 9464, or empty: then /metrics is served with the rest',
    );
  if (parsed.success) faults.push(...externalTokenFaults(parsed.data), ...operationFaults(parsed.data));
  faults.push(...otherFaults(given));
  return { given, parsed, faults };
}

/** What stands in `.env`, and what the environment says in place of it. */
export function readEnvironment(): Record<string, string | undefined> {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...file, ...process.env };
}

/** Made at the first start and kept, so that tokens outlive a restart. Readable by this account alone. */
function developmentSecret(dataDir: string): string {
  const path = resolve(dataDir, 'jwt-secret');
  if (!existsSync(path)) {
    mkdirSync(dataDir, { recursive: true });
    // wx: of two processes that start at once, one writes and both read the same.
    try {
      writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      if (!existsSync(path)) throw new SetupError(`The secret cannot be kept in ${path}: ${String(error)}`);
    }
  }
  return readFileSync(path, 'utf8').trim();
}
