import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RefreshCookie } from '../graphql/context.ts';
import type { Device } from '../identity/session.service.ts';
import type { Config } from '../platform/config.ts';

const REQUEST_ID_PATTERN = /^[\w.:-]{1,128}$/;

/** The caller's own request id where it is well formed; a new one otherwise. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : randomUUID();
}

/**
 * Where the request comes from. Each trusted proxy has added the address that it saw to X-Forwarded-For, so the caller's
 * is as many places from the right as there are proxies; what stands left of it is the caller's own invention.
 */
export function addressOf(request: IncomingMessage, trustProxy: number): string | null {
  const own = request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;
  if (trustProxy === 0) return own;
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map(address => address.trim())
    .filter(address => address !== '');
  return forwarded.at(-trustProxy) ?? own;
}

/** What the caller is signed in on. */
export const deviceOf = (request: IncomingMessage, trustProxy: number): Device => ({
  userAgent: request.headers['user-agent'] ?? null,
  ipAddress: addressOf(request, trustProxy),
});

/** The access token of an Authorization header or of a socket's parameters; null where there is none. */
export function bearerToken(header: unknown): string | null {
  if (typeof header !== 'string' || header === '') return null;
  const match = /^Bearer +(\S+)$/i.exec(header);
  // A header of another form is a token that is not valid, not none.
  return match?.[1] ?? '';
}

/** The refresh token's cookie. `__Host-` binds it to this host over HTTPS; without HTTPS, browsers would refuse that name. */
export function createRefreshCookie(request: IncomingMessage, config: Config): RefreshCookie {
  const secure = config.production || (config.publicUrl?.startsWith('https:') ?? false);
  const name = secure ? '__Host-duely-refresh' : 'duely-refresh';
  // Strict: only the app's own pages send it, and only refreshSession and logOut look at it.
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  let header: string | null = null;
  return {
    token: readCookie(request.headers.cookie, name),
    get header() {
      return header;
    },
    set(token, expiresAt) {
      header = `${name}=${token}; ${attributes}; Expires=${expiresAt.toUTCString()}`;
    },
    clear() {
      header = `${name}=; ${attributes}; Max-Age=0`;
    },
  };
}

function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return null;
}
