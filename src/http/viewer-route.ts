import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '../graphql/context.ts';
import type { Device } from '../identity/session.service.ts';
import type { Viewer } from '../identity/viewer.ts';
import { unauthenticated } from '../platform/errors.ts';
import { countKey } from '../platform/rate-limits/counters.ts';
import { type Limit, rateLimited } from '../platform/rate-limits/rate-limited.ts';
import { bearerToken, deviceOf } from './caller.ts';
import type { ConnectionLimit } from './connection-limits.ts';
import { sendProblem } from './problem.ts';

/** Who asks, by the Authorization header alone, and on what. Throws UNAUTHENTICATED where nobody is signed in. */
export async function requireViewer(
  request: IncomingMessage,
  { viewers }: Pick<Services, 'viewers'>,
  trustProxy: number,
): Promise<{ viewer: Viewer; device: Device }> {
  const token = bearerToken(request.headers.authorization);
  const device = deviceOf(request, trustProxy);
  const viewer = token === null ? 'MISSING' : await viewers.byToken(token, device);
  if (typeof viewer === 'string') throw unauthenticated(viewer);
  return { viewer, device };
}

/** Counts the request. Throws RATE_LIMITED where there were too many of the viewer's. */
export async function countRequest(
  limit: Limit,
  { userId }: Viewer,
  { counters }: Pick<Services, 'counters'>,
): Promise<void> {
  if (!counters) return;
  const { count, remainingMs } = await counters.add(countKey('request', limit.name, userId), limit.windowSeconds);
  if (count > limit.max) throw rateLimited(limit, remainingMs);
}

/** What takes much of a server is done by few at once. */
export interface Places {
  readonly perViewer: ConnectionLimit;
  readonly inAll: ConnectionLimit;
}

const RETRY_AFTER_SECONDS = '10';

/** Takes a place until the response is closed. Answers false where there is none, which it has told the client. */
export function takePlace(response: ServerResponse, { userId }: Viewer, { perViewer, inAll }: Places): boolean {
  if (response.destroyed) return false;
  const leave = perViewer.take(userId);
  if (!leave) {
    response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    sendProblem(response, 429, 'Too Many Requests', 'Another one of yours is under way: wait for its end.');
    return false;
  }
  response.once('close', leave);
  const leaveAll = inAll.take('all');
  if (!leaveAll) {
    response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
    sendProblem(response, 503, 'Service Unavailable', 'Others do the same just now: try again in some seconds.');
    return false;
  }
  response.once('close', leaveAll);
  return true;
}

/** Answers 405 and false where the request's method is another one. */
export function isMethod(request: IncomingMessage, response: ServerResponse, method: 'GET' | 'POST'): boolean {
  if (request.method === method) return true;
  response.setHeader('Allow', `${method}, OPTIONS`);
  const path = request.url?.split('?', 1)[0];
  sendProblem(response, 405, 'Method Not Allowed', `${path} takes ${method}, not ${request.method}.`);
  return false;
}
