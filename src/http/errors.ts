import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { maskError } from '../graphql/masking.ts';
import { rateLimitHeaders } from '../graphql/rate-limits.ts';
import { ERROR_CODES, type ErrorCode } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { sendProblem } from './problem.ts';

/** What was thrown outside of GraphQL as problem details, with the code, words and headers that it has in GraphQL. */
export function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  { logger }: { logger: Logger },
): void {
  const masked = maskError(error, logger, String(request.headers['x-request-id']));
  const code = masked.extensions.code as ErrorCode;
  if (!response.headersSent) {
    if (code === 'UNAUTHENTICATED') response.setHeader('WWW-Authenticate', 'Bearer');
    if (code === 'UNAVAILABLE') response.setHeader('Retry-After', '1');
    if (code === 'RATE_LIMITED')
      for (const [name, value] of Object.entries(rateLimitHeaders({ errors: [masked] })))
        response.setHeader(name, value);
  }
  const { status } = ERROR_CODES[code];
  sendProblem(response, status, STATUS_CODES[status] ?? '', masked.message, masked.extensions);
}
