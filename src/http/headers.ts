import type { ServerResponse } from 'node:http';
import type { Work } from '../platform/work.ts';

/** What every answer carries (https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html). */
const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'DENY'],
  // Its filter did more harm than good: the specification asks to switch it off.
  ['X-XSS-Protection', '0'],
  ['Referrer-Policy', 'no-referrer'],
  ['Content-Security-Policy', "default-src 'self'; frame-ancestors 'none'"],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
];
const HSTS = 'max-age=31536000; includeSubDomains; preload';

export function setSecurityHeaders(response: ServerResponse, { production }: { production: boolean }): void {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
  // A browser remembers it for the whole host: on a developer's machine it would lock out whatever else runs there.
  if (production) response.setHeader('Strict-Transport-Security', HSTS);
}

/**
 * Adds X-Process-Time, in seconds, at the moment when the head is written; with `parts` also Server-Timing, in milliseconds
 * (https://www.w3.org/TR/server-timing/), which tells strangers how the database is doing.
 */
export function setProcessTime(response: ServerResponse, work: Work, { parts }: { parts: boolean }): void {
  const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
  response.writeHead = (...args: unknown[]) => {
    if (!response.headersSent) {
      const { ms } = work;
      response.setHeader('X-Process-Time', (ms / 1000).toFixed(6));
      if (parts) response.setHeader('Server-Timing', serverTiming(work, ms));
    }
    return writeHead(...args);
  };
}

const serverTiming = ({ databaseMs, statements }: Work, ms: number): string =>
  `total;dur=${ms.toFixed(2)}, db;dur=${databaseMs.toFixed(2)};desc="${statements} statements"`;
