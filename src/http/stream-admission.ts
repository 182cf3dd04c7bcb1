import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Viewers } from '../identity/viewers.ts';
import { bearerToken, deviceOf } from './caller.ts';
import type { ConnectionLimit, ConnectionLimits } from './connection-limits.ts';
import { sendProblem } from './problem.ts';

const RETRY_AFTER_SECONDS = '30';

export const asksForStream = ({ headers }: IncomingMessage): boolean =>
  /\btext\/event-stream\b/i.test(headers.accept ?? '');

/**
 * Takes a place for a stream of events among the connections of its address and of its viewer, until the response is
 * closed. Answers false where there is none left, which it has told the client with 429, and where the client is gone.
 */
export async function admitStream(
  request: IncomingMessage,
  response: ServerResponse,
  { limits, viewers, trustProxy }: { limits: ConnectionLimits; viewers: Viewers; trustProxy: number },
): Promise<boolean> {
  const device = deviceOf(request, trustProxy);
  const token = bearerToken(request.headers.authorization);
  // Where nobody can be looked up, the operation itself tells so.
  const viewer = token === null ? null : await viewers.byToken(token, device).catch(() => null);
  // The client went away meanwhile: nothing would ever give its place back.
  if (response.destroyed) return false;
  const wanted: [ConnectionLimit, string, string][] = [
    [limits.perAddress, device.ipAddress ?? 'unknown', 'Your address'],
  ];
  if (viewer !== null && typeof viewer !== 'string') wanted.push([limits.perViewer, viewer.userId, 'You']);
  for (const [limit, key, who] of wanted) {
    const leave = limit.take(key);
    if (!leave) {
      response.setHeader('Retry-After', RETRY_AFTER_SECONDS);
      const verb = who === 'You' ? 'have' : 'has';
      sendProblem(
        response,
        429,
        'Too Many Requests',
        `${who} ${verb} ${limit.max} connections open: close some first.`,
      );
      return false;
    }
    response.once('close', leave);
  }
  return true;
}
