import { z } from 'zod';
import { readPairs, SAMPLERS } from './tracing/settings.ts';

const SECRET_MIN_LENGTH = 32;

/** What stands between commas. */
const list = (text: string) =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
const wholeNumber = (min: number, max: number, example: number) =>
  z
    .string()
    .regex(/^\d+$/, `has to be a whole number, such as ${example}`)
    .transform(Number)
    .refine(n => n >= min && n <= max, `has to be from ${min} to ${max}, such as ${example}`);
const onOff = z.enum(['on', 'off'], 'has to be "on" or "off"').transform(value => value === 'on');
const postgresUrl = z
  .string()
  .refine(
    text => /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text),
    'has to be an address such as postgres://user:password@localhost:5432/duely',
  );
const redisUrl = z.string().refine(
  // The client understands nothing else behind the host.
  text => /^rediss?:\/\/./.test(text) && URL.canParse(text) && /^(\/\d*)?$/.test(new URL(text).pathname),
  'has to be an address such as redis://localhost:6379 or rediss://user:password@redis.example.com:6380/0',
);
const httpUrl = z
  .string()
  .refine(
    text => /^https?:\/\//.test(text) && URL.canParse(text),
    'has to be an address such as https://api.example.com',
  );
/** A fault shows no value: there are keys among them. */
const pairs = (example: string) =>
  z.string().transform((text, context) => {
    const read = readPairs(text);
    if (read) return read;
    context.addIssue(`has to be names and values with commas between, the values percent-encoded, such as ${example}`);
    return z.NEVER;
  });
const origin = (text: string) => URL.canParse(text) && new URL(text).origin === text;

/** What Better Auth takes where nobody sets one; and a public key, which is no secret. */
const isWellKnown = (secret: string) =>
  secret === 'better-auth-secret-12345678901234567890' || secret.startsWith('-----BEGIN');

/** What each setting may be, by its name in the environment. `.env.example` explains them. */
export const Environment = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'], 'has to be "development", "test" or "production"')
    .default('development'),
  HOST: z.string().optional(),
  PORT: wholeNumber(0, 65_535, 4000).default(4000),
  METRICS_PORT: wholeNumber(0, 65_535, 9464).optional(),
  PUBLIC_URL: httpUrl.optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'has to be "trace", "debug", "info", "warn", "error" or "silent"',
    )
    .default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .string()
    .refine(
      text => /^https?:\/\//.test(text) && URL.canParse(text),
      'has to be the address of a collector that takes OTLP over HTTP, such as http://localhost:4318',
    )
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs('api-key=0123456789').optional(),
  OTEL_SERVICE_NAME: z.string().max(255, 'has to be at most 255 characters, such as duely').default('duely'),
  OTEL_RESOURCE_ATTRIBUTES: pairs('deployment.environment.name=production').optional(),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS, `has to be one of ${SAMPLERS.join(', ')}`).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'has to be from 0 to 1, such as 0.1')
    .transform(Number)
    .default(1),
  TRUST_PROXY: wholeNumber(0, 10, 1).default(0),
  ALLOWED_ORIGINS: z
    .string()
    .transform(list)
    .refine(
      items => items.every(item => item === '*' || origin(item)),
      'has to be origins with commas between, such as https://app.example.com,https://admin.example.com',
    )
    .optional(),
  DATABASE_URL: postgresUrl.optional(),
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_POOL_MAX: wholeNumber(1, 1000, 10).default(10),
  DATABASE_CONNECT_TIMEOUT_MS: wholeNumber(100, 600_000, 5_000).default(5_000),
  DATABASE_IDLE_TIMEOUT_MS: wholeNumber(1_000, 3_600_000, 30_000).default(30_000),
  DATABASE_RECYCLE_SECONDS: wholeNumber(0, 604_800, 300).default(300),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(100, 3_600_000, 30_000).default(30_000),
  DATABASE_PREPARED_STATEMENTS: onOff.optional(),
  MIGRATE_ON_START: onOff.default(false),
  SLOW_QUERY_MS: wholeNumber(0, 3_600_000, 500).default(500),
  REDIS_URL: redisUrl.optional(),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w.:-]{1,64}$/, 'has to be up to 64 letters, digits or any of _ . : -, such as duely:')
    .default('duely:'),
  OPERATION_TIMEOUT_MS: wholeNumber(100, 3_600_000, 20_000).default(20_000),
  SOCKETS_PER_VIEWER: wholeNumber(1, 1_000_000, 50).default(50),
  SOCKETS_PER_ADDRESS: wholeNumber(1, 1_000_000, 500).default(500),
  SOCKET_OPERATIONS: wholeNumber(1, 10_000, 100).default(100),
  SOCKET_CLOSE_SPREAD_MS: wholeNumber(0, 600_000, 5_000).optional(),
  SHUTDOWN_DELAY_MS: wholeNumber(0, 600_000, 5_000).optional(),
  WORKERS: wholeNumber(1, 128, 4).default(1),
  WORKER: z.enum(['on', 'off', 'only'], 'has to be "on", "off" or "only"').default('on'),
  FREE_OPEN_TODOS: wholeNumber(1, 1_000_000, 100).default(100),
  PRO_OPEN_TODOS: wholeNumber(1, 1_000_000, 10_000).default(10_000),
  TRASH_DAYS: wholeNumber(1, 365, 30).default(30),
  ORDER_TTL_HOURS: wholeNumber(1, 720, 24).default(24),
  DATA_DIR: z.string().min(1, 'has to be a folder, such as .data').default('.data'),
  JWT_SECRETS: z
    .string()
    .transform(list)
    .refine(
      secrets => secrets.length > 0 && secrets.every(secret => secret.length >= SECRET_MIN_LENGTH),
      `has to be secrets of at least ${SECRET_MIN_LENGTH} characters, newest first, with commas between; make one with: openssl rand -hex 32`,
    )
    .refine(
      secrets => secrets.every(secret => new Set(secret).size >= 10),
      'is too easy to guess; make a secret with: openssl rand -hex 32',
    )
    .transform(secrets => secrets as [string, ...string[]])
    .optional(),
  ACCESS_TOKEN_TTL_SECONDS: wholeNumber(1, 86_400, 900).default(900),
  REFRESH_TOKEN_TTL_SECONDS: wholeNumber(1, 31_536_000, 604_800).default(604_800),
  BETTER_AUTH_SECRET: z
    .string()
    .refine(
      secret => secret.length >= SECRET_MIN_LENGTH && new Set(secret).size >= 10 && !isWellKnown(secret),
      `has to be the secret of your Better Auth server, at least ${SECRET_MIN_LENGTH} characters that nobody can guess; make one with: openssl rand -hex 32`,
    )
    .optional(),
  EXTERNAL_JWKS_URL: httpUrl.optional(),
  EXTERNAL_JWKS_FILE: z.string().optional(),
  EXTERNAL_ISSUER: z.string().max(255, 'has to be at most 255 characters, such as https://app.example.com').optional(),
  EXTERNAL_AUDIENCE: z.string().optional(),
  RATE_LIMITS: onOff.default(true),
  MAX_OPERATION_COST: wholeNumber(1, 1_000_000_000, 10_000).default(10_000),
  COST_POINTS: wholeNumber(1, 1_000_000_000, 50_000).default(50_000),
  COST_POINTS_PER_SECOND: wholeNumber(1, 1_000_000_000, 500).default(500),
  TRUSTED_DOCUMENTS: z.string().transform(list).optional(),
  TRUSTED_DOCUMENTS_ONLY: onOff.default(false),
  SANDBOX_PAYMENTS: onOff.optional(),
  GRAPHIQL: onOff.optional(),
  INTROSPECTION: onOff.optional(),
  APP_URL: httpUrl.optional(),
  SMTP_URL: z
    .string()
    .refine(
      text => text === 'off' || (/^smtps?:\/\/./.test(text) && URL.canParse(text)),
      'has to be an address such as smtp://user:password@smtp.example.com:587, or "off"',
    )
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'has to be an address, with or without a name, such as Duely <no-reply@example.com>',
    )
    .optional(),
});

export type Environment = z.infer<typeof Environment>;

/** What production has to have, and must not have, whatever else is set. A sentence for each fault. */
export function productionFaults(given: Record<string, string | undefined>): string[] {
  if (given.NODE_ENV !== 'production') return [];
  const faults: string[] = [];
  if (!given.DATABASE_URL)
    faults.push(
      'DATABASE_URL is missing: production needs a PostgreSQL of its own, such as postgres://user:password@db.example.com:5432/duely',
    );
  if (!given.JWT_SECRETS) faults.push('JWT_SECRETS is missing: make a secret with: openssl rand -hex 32');
  if (!given.PUBLIC_URL)
    faults.push(
      'PUBLIC_URL is missing: the address at which people reach this server, such as https://api.example.com',
    );
  if (!given.SMTP_URL)
    faults.push(
      'SMTP_URL is missing: without it nobody can reset a password; the server for mail, such as smtp://user:password@smtp.example.com:587, or "off"',
    );
  if (given.RATE_LIMITS === 'off')
    faults.push('RATE_LIMITS must not be "off" in production: anybody could guess passwords as fast as they like');
  if (given.SANDBOX_PAYMENTS === 'on')
    faults.push(
      'SANDBOX_PAYMENTS must not be "on" in production: anybody could pay without money; leave it out, or set it to "off"',
    );
  if (given.ALLOWED_ORIGINS && list(given.ALLOWED_ORIGINS).includes('*'))
    faults.push(
      'ALLOWED_ORIGINS must not have "*" in production: name each front end, such as https://app.example.com',
    );
  return faults;
}
