import type { FormattedExecutionResult } from 'graphql';
import type { Person, TestApp } from './app.ts';
import { until } from './wait.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer that it asked for, and fails where it is another one
type Result = FormattedExecutionResult<any>;

export interface StreamedEvent {
  readonly event: string;
  readonly id: string | null;
  /** Null where there is none. */
  readonly data: Result | null;
}

/** A stream of events as an EventSource reads it (https://html.spec.whatwg.org/#event-stream-interpretation). */
export interface StreamedEvents extends AsyncDisposable {
  readonly status: number;
  readonly headers: Headers;
  /** In the order in which they came; grows. */
  readonly events: readonly StreamedEvent[];
  /** How many comments came, which keep the connection alive. */
  comments(): number;
  /** What a client that connects again has to send. */
  lastEventId(): string | null;
  /** Whether the server has ended it, by its own will or by breaking it off. */
  isOver(): boolean;
  /** Goes away, as a client whose network is gone. */
  abort(): void;
  /** Begins to read, where it was opened without. */
  read(): void;
}

export interface StreamOptions {
  readonly variables?: object;
  readonly headers?: Record<string, string>;
  readonly lastEventId?: string | null;
  readonly method?: 'GET' | 'POST';
  /** Reads nothing before it is told to. */
  readonly unread?: boolean;
  /** To go away before it is open. */
  readonly signal?: AbortSignal;
}

export async function openStream(
  { url }: Pick<TestApp, 'url'>,
  as: Pick<Person, 'accessToken'> | null,
  query: string,
  { variables = {}, headers = {}, lastEventId = null, method = 'POST', unread = false, signal }: StreamOptions = {},
): Promise<StreamedEvents> {
  const aborted = new AbortController();
  const address = new URL(`${url}/graphql`);
  if (method === 'GET') {
    address.searchParams.set('query', query);
    address.searchParams.set('variables', JSON.stringify(variables));
  }
  const response = await fetch(address, {
    method,
    headers: {
      accept: 'text/event-stream',
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
      ...headers,
    },
    ...(method === 'POST' ? { body: JSON.stringify({ query, variables }) } : {}),
    signal: signal ? AbortSignal.any([aborted.signal, signal]) : aborted.signal,
  });
  const events: StreamedEvent[] = [];
  let comments = 0;
  let isOver = false;
  const readAll = async () => {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = parse(block);
        if (event) events.push(event);
        else comments += 1;
      }
    }
  };
  const read = () => {
    readAll()
      .catch(() => {})
      .finally(() => {
        isOver = true;
      });
  };
  if (!unread) read();
  return {
    status: response.status,
    headers: response.headers,
    events,
    comments: () => comments,
    lastEventId: () => events.findLast(({ id }) => id !== null)?.id ?? null,
    isOver: () => isOver,
    abort: () => aborted.abort(),
    read,
    async [Symbol.asyncDispose]() {
      aborted.abort();
      if (!unread) await until('the stream is over', () => isOver);
    },
  };
}

/** Null where the block is a comment. */
function parse(block: string): StreamedEvent | null {
  const fields = new Map(block.split('\n').map(line => line.split(/: ?(.*)/s, 2) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return null;
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? null,
    data: data === '' ? null : (JSON.parse(data) as Result),
  };
}

/** The results that came so far. */
export const resultsOf = ({ events }: StreamedEvents): readonly Result[] =>
  events.flatMap(({ event, data }) => (event === 'next' && data ? [data] : []));

export const over = (stream: StreamedEvents, timeoutMs?: number) =>
  until('the stream is over', () => stream.isOver(), timeoutMs);

export const COMPLETE: StreamedEvent = { event: 'complete', id: null, data: null };
export const FOLLOW = 'subscription ($after: String) { todoChanged(after: $after) { todo { title } } }';

/** Subscribes, and waits until it follows the feed. */
export async function follow(
  app: TestApp,
  as: Pick<Person, 'accessToken'>,
  query = FOLLOW,
  options: StreamOptions = {},
): Promise<StreamedEvents> {
  const before = app.app.services.feed.followerCount;
  const stream = await openStream(app, as, query, options);
  await until('it follows', () => app.app.services.feed.followerCount > before);
  return stream;
}

export const came = (stream: StreamedEvents, count: number) =>
  until(`${count} results came`, () => resultsOf(stream).length >= count);

/** Of what FOLLOW gave. */
export const titlesOf = (stream: StreamedEvents): string[] =>
  resultsOf(stream).flatMap(({ data }) => (data ? [data.todoChanged.todo.title] : []));

export const nobodyFollows = ({ app }: TestApp) => until('nobody follows', () => app.services.feed.followerCount === 0);
