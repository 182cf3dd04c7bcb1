import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Where secrets can stand in what is logged. */
const REDACTED = [
  'authorization',
  '*.authorization',
  'cookie',
  '*.cookie',
  'password',
  '*.password',
  '*.refreshToken',
  '*.accessToken',
];

export function createLogger(level: string): Logger {
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } });
}
