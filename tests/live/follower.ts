import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { type FeedPosition, readFeedCursor, writeFeedCursor } from '../../src/change/cursor.ts';
import type { SignedIn } from '../support/people.ts';

const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor kind } }';
/** A connection that nothing comes on is given up, as a front end's would be by a person who reloads. */
const SILENCE_MS = 10_000;

type Cursors = AsyncIterable<string>;
/** Follows from a cursor at one of the servers until it is left, or broken. */
export type Way = (url: string, person: SignedIn, after: string, signal: AbortSignal) => Cursors;

export const bySocket: Way = async function* (url, { accessToken }, after, signal) {
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${accessToken}` },
  });
  signal.addEventListener('abort', () => client.terminate());
  try {
    for await (const { data } of client.iterate<{ changes: { cursor: string } }>({
      query: CHANGES,
      variables: { after },
    }))
      if (data) yield data.changes.cursor;
  } finally {
    await client.dispose();
  }
};

export const byEvents: Way = async function* (url, { accessToken }, after, signal) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${accessToken}`,
    },
    body: JSON.stringify({ query: CHANGES, variables: { after } }),
    signal,
  });
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (data) yield (JSON.parse(data) as { data: { changes: { cursor: string } } }).data.changes.cursor;
    }
  }
};

export interface Follower {
  readonly person: SignedIn;
  /** The number of each change that it was given. */
  readonly seqs: number[];
  /** How often it began. */
  connections(): number;
}

/**
 * Follows a person's feed from its beginning, over connections that break or that it leaves after `stayMax` changes at the
 * most, each to one of the servers, until `isDone` says so of what it was given.
 */
export async function followThrough(options: {
  urls: () => readonly string[];
  person: SignedIn;
  way: Way;
  stayMax: number;
  isDone: (follower: Follower) => boolean;
}): Promise<Follower> {
  const { urls, person, way, stayMax, isDone } = options;
  const seqs: number[] = [];
  let cursor = writeFeedCursor(person.uuid, { seq: 0, at: 0 });
  let connections = 0;
  const follower: Follower = { person, seqs, connections: () => connections };
  while (!isDone(follower)) {
    connections += 1;
    const servers = urls();
    const url = servers[Math.floor(Math.random() * servers.length)] ?? '';
    let left = 1 + Math.floor(Math.random() ** 3 * stayMax);
    const end = new AbortController();
    let silence = setTimeout(() => end.abort(), SILENCE_MS);
    try {
      for await (const next of way(url, person, cursor, end.signal)) {
        clearTimeout(silence);
        silence = setTimeout(() => end.abort(), SILENCE_MS);
        cursor = next;
        const position: FeedPosition = readFeedCursor(person.uuid, next);
        seqs.push(position.seq);
        left -= 1;
        if (left === 0 || isDone(follower)) break;
      }
    } catch {
      // A server that was killed, or is not yet back.
      await sleep(50);
    } finally {
      clearTimeout(silence);
      end.abort();
    }
  }
  return follower;
}
