import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import { readPackageInfo } from './package-info.ts';

export type { Logger } from 'pino';

/** What secrets are called, at the top of what is logged, in its parts, and in theirs. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'currentPassword',
  'newPassword',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
  'variables',
];
const REDACTED = [
  ...SECRET_NAMES.flatMap(name => [name, `*.${name}`, `*.*.${name}`]),
  // Names with a hyphen are written in brackets.
  ...['["set-cookie"]', '*["set-cookie"]', '*.*["set-cookie"]'],
];

/**
 * What secrets look like that can stand anywhere, such as in the statement that a database's error quotes: hashes of
 * passwords, JWTs, refresh tokens, tokens of mailed links, and whatever is called a bearer's.
 */
const SECRETS =
  /\$(?:argon2\w*|2[abxy])\$(?:[\w$./+=]|,(?=\w=))+|\beyJ[\w-]+\.[\w-]+\.[\w-]+|\bdrt\.[\w.-]+|\b(?:token=|dlt\.)[\w.-]+|\b(bearer\s+)[\w.~+/=-]{8,}/gi;
const CENSOR = '[redacted]';

/** What JSON leaves as it is though terminals obey it, and some readers break lines at it: strangers name themselves. */
const CONTROLS = /[\u007f-\u009f\u2028\u2029]/g;
const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * One JSON object a line, as collectors expect it: `level` is a word, `time` is RFC 3339, and `service`, `version` and `pid`
 * say who speaks. `destination` is the standard output unless told.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const { name: service, version } = readPackageInfo();
  const options: LoggerOptions = {
    level,
    base: { service, version, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: REDACTED, censor: CENSOR },
    hooks: {
      streamWrite: line =>
        line.replace(SECRETS, (_secret, bearer = '') => `${bearer}${CENSOR}`).replace(CONTROLS, escaped),
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * For lines of fields that their author knows one by one, none of them a secret: what secrets look like is cut out of these
 * too, but no path is looked for, which costs more than everything else about a line.
 */
export const withKnownFields = (logger: Logger): Logger => logger.child({}, { redact: [] });
