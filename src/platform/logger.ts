import { type DestinationStream, type Logger, pino } from 'pino';

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

/**
 * What secrets look like that can stand anywhere, such as in the statement that a database's error quotes: hashes of
 * passwords, JWTs, refresh tokens, tokens of mailed links, and whatever is called a bearer's.
 */
const SECRETS =
  /\$(?:argon2\w*|2[abxy])\$(?:[\w$./+=]|,(?=\w=))+|\beyJ[\w-]+\.[\w-]+\.[\w-]+|\bdrt\.[\w.-]+|\b(?:token=|dlt\.)[\w.-]+|(?<=\bbearer\s+)[\w.~+/=-]{8,}/gi;
const CENSOR = '[redacted]';

/** `destination` is the standard output unless told. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    redact: { paths: REDACTED, censor: CENSOR },
    hooks: { streamWrite: (line: string) => line.replace(SECRETS, CENSOR) },
  };
  return destination ? pino(options, destination) : pino(options);
}
