import type { Clock } from '../platform/clock.ts';
import { type ApiError, unauthenticated } from '../platform/errors.ts';
import type { Viewer } from './viewer.ts';
import type { Viewers } from './viewers.ts';

/** The longest delay that a timer can have. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Calls back once, with what the client is to be told, when the viewer's rights are no longer those that they came with:
 * the token has run out, the session has ended, the account is locked or closed, or its role is another one. Returns how
 * to stop waiting. For what lives longer than a request: a socket, a stream of events.
 */
export function untilEnd(viewers: Viewers, clock: Clock, viewer: Viewer, onEnd: (why: ApiError) => void): () => void {
  const stop = () => {
    clearTimeout(timer);
    unwatch();
  };
  const end = (why: ApiError) => {
    stop();
    onEnd(why);
  };
  const lifetime = Math.min(viewer.tokenExpiresAt - clock().getTime(), TIMER_MAX_MS);
  const timer = setTimeout(() => end(unauthenticated('EXPIRED')), lifetime);
  timer.unref();
  const unwatch = viewers.watch(viewer, async () => {
    // A database that is away ends nobody's rights; the next look does.
    const now = await viewers.renew(viewer).catch(() => viewer);
    if (typeof now === 'string') end(unauthenticated(now));
    else if (now.role !== viewer.role) end(unauthenticated('REVOKED', 'Your role is another one now: connect again.'));
  });
  return stop;
}
