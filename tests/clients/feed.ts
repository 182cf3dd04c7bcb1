import { SignedOutError } from './session.ts';

/** Pauses double from the first to the last, each of them anything up to its length. */
const PAUSE_MS = { first: 500, last: 30_000 } as const;
/** Asking again cannot help: the operation itself has to be put right. */
const HOPELESS: readonly unknown[] = ['BAD_REQUEST', 'FORBIDDEN', 'TOO_COMPLEX'];

export interface FeedSink<Change> {
  next(change: Change): void;
  /** With the errors of an answer, as an array, or with whatever broke the connection. */
  end(reason?: unknown): void;
}

/** How a client reads the feed. */
export interface Feed<Change> {
  /**
   * Asks for the feed's cursor and only then for the lists, and answers with the cursor: what is changed in between then
   * comes once more, and nothing is missed.
   */
  begin(): Promise<string>;
  /** Returns how to stop. */
  subscribe(after: string, sink: FeedSink<Change>): () => void;
}

/**
 * Follows the feed through every break, each change once and in order, until it is stopped. Throws SignedOutError when
 * the person has to log in, and the first error of an answer that asking again cannot cure.
 */
export async function follow<Change extends { readonly cursor: string }>(
  feed: Feed<Change>,
  apply: (change: Change) => void,
  signal: AbortSignal,
): Promise<void> {
  // The last change that was applied: a new subscription goes on behind it.
  let cursor: string | null = null;
  for (let failures = 0; !signal.aborted; failures += 1) {
    const begun = Date.now();
    try {
      cursor ??= await feed.begin();
      await subscribed(
        feed,
        cursor,
        change => {
          apply(change);
          cursor = change.cursor;
          failures = 0;
        },
        signal,
      );
    } catch (reason) {
      if (reason instanceof SignedOutError) throw reason;
      const errors = Array.isArray(reason) ? reason : [];
      const hopeless = errors.find(({ extensions }) => HOPELESS.includes(extensions?.code));
      if (hopeless) throw new Error(hopeless.message);
      // What came after the cursor is no longer kept.
      if (errors.some(({ extensions }) => extensions?.code === 'CURSOR_EXPIRED')) cursor = null;
    }
    // A connection that held for long is no failed attempt.
    if (Date.now() - begun > PAUSE_MS.last) failures = 0;
    // At random, so that not all clients of a server that restarts come back in one instant.
    await pause(Math.random() * Math.min(PAUSE_MS.first * 2 ** failures, PAUSE_MS.last), signal);
  }
}

/** Resolves when the subscription is over, and rejects with what it broke of. */
async function subscribed<Change>(
  feed: Feed<Change>,
  after: string,
  next: (change: Change) => void,
  signal: AbortSignal,
): Promise<void> {
  let stop = () => {};
  const ended = Promise.withResolvers<void>();
  const aborted = () => ended.resolve();
  signal.addEventListener('abort', aborted);
  try {
    stop = feed.subscribe(after, {
      next: change => {
        if (!signal.aborted) next(change);
      },
      end: reason => (reason === undefined ? ended.resolve() : ended.reject(reason)),
    });
    if (!signal.aborted) await ended.promise;
  } finally {
    signal.removeEventListener('abort', aborted);
    stop();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
