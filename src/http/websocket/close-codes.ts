import type { ApiError } from '../../platform/errors.ts';

/** Why this server closes a socket; those of the protocol itself are graphql-ws's. */
export const CLOSE = {
  /** What was sent is no message of the protocol. */
  badMessage: 4400,
  /** The token is missing, bad or expired, or its session is over: the client may connect again with a new one. */
  forbidden: 4403,
  /** More operations at once than a socket may have. */
  tooMany: 4429,
  /** Something unforeseen. */
  internal: 1011,
  /** The server is restarting. */
  restart: 1012,
  /** Too many connections, or the database is away. */
  tryLater: 1013,
} as const;

/** A close frame has room for 123 bytes (RFC 6455, section 5.5). */
const REASON_MAX_BYTES = 123;

export const reasonOf = ({ message }: Pick<ApiError, 'message'>): string => {
  const bytes = Buffer.from(message);
  // Cut between characters: half a character at the end is dropped.
  return bytes.length <= REASON_MAX_BYTES
    ? message
    : new TextDecoder().decode(bytes.subarray(0, REASON_MAX_BYTES), { stream: true });
};
