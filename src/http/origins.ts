import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Config } from '../platform/config.ts';

export interface Origins {
  /** Whether a page of this request's origin may use the server; a request without one is no page's. */
  allows(request: IncomingMessage): boolean;
  /** Whether it is one of the allowed origins, or this server's own as PUBLIC_URL says: where a browser may be sent. */
  isListed(origin: string): boolean;
  /** Writes the CORS headers (https://fetch.spec.whatwg.org/#http-cors-protocol). Answers true where it was a preflight. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

const ALLOWED_HEADERS =
  'Authorization, Content-Type, Idempotency-Key, X-Request-Id, X-Cost, Last-Event-ID, traceparent, tracestate';
const EXPOSED_HEADERS = 'X-Request-Id, X-Process-Time, Retry-After, Content-Disposition';
const PREFLIGHT_SECONDS = '7200';

export function createOrigins({ allowedOrigins, publicUrl }: Pick<Config, 'allowedOrigins' | 'publicUrl'>): Origins {
  const listed = new Set(allowedOrigins);
  const isOwn = (origin: string, request: IncomingMessage) =>
    (URL.canParse(origin) && new URL(origin).host === request.headers.host) ||
    (publicUrl !== undefined && new URL(publicUrl).origin === origin);

  return {
    isListed: origin =>
      listed.has('*') || listed.has(origin) || (publicUrl !== undefined && new URL(publicUrl).origin === origin),
    allows(request) {
      const { origin } = request.headers;
      return origin === undefined || listed.has('*') || listed.has(origin) || isOwn(origin, request);
    },
    answer(request, response) {
      const { origin } = request.headers;
      response.setHeader('Vary', 'Origin');
      if (origin !== undefined && (listed.has('*') || listed.has(origin))) {
        response.setHeader('Access-Control-Allow-Origin', origin);
        response.setHeader('Access-Control-Allow-Credentials', 'true');
        response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
      }
      if (request.method !== 'OPTIONS') return false;
      if (response.hasHeader('Access-Control-Allow-Origin')) {
        response.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
        response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
        response.setHeader('Access-Control-Max-Age', PREFLIGHT_SECONDS);
      }
      response.writeHead(204).end();
      return true;
    },
  };
}
