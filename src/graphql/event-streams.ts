import type { ServerResponse } from 'node:http';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin, processRegularResult } from 'graphql-yoga';
import type { ErrorCode } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { EventStream, type Results } from './event-stream.ts';

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // A proxy that compresses holds events back until it has enough of them; nginx holds any answer back.
  'Cache-Control': 'no-cache, no-transform',
  'X-Accel-Buffering': 'no',
};

/** Answers in server-sent events, and ends what is open of them when the server stops. */
export class EventStreams {
  readonly #logger: Logger;
  readonly #open = new Set<EventStream>();
  #closed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** How many are open. */
  get openCount(): number {
    return this.#open.size;
  }

  /** The body of an answer. */
  open(results: Results | AsyncIterable<Results>, response: ServerResponse): EventStream {
    const iterator = Symbol.asyncIterator in results ? results[Symbol.asyncIterator]() : once(results);
    const stream = new EventStream(iterator, response);
    this.#open.add(stream);
    stream.once('close', () => this.#open.delete(stream));
    stream.once('error', error => this.#logger.error({ err: error }, 'a stream of events broke'));
    if (this.#closed) stream.cut();
    return stream;
  }

  /**
   * Ends each at a moment of its own within so long, so that not all clients come back in one instant. None of them is
   * told that it is complete.
   */
  async close(spreadMs: number): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map(stream => cutWithin(stream, spreadMs)));
  }
}

function cutWithin(stream: EventStream, spreadMs: number): Promise<void> {
  return new Promise(resolve => {
    const cut = () => {
      stream.cut();
      resolve();
    };
    setTimeout(cut, Math.random() * spreadMs);
  });
}

async function* once<Result>(result: Result): AsyncGenerator<Result, void, void> {
  yield result;
}

/** In place of Yoga's own stream of events. */
export function useEventStreams(streams: EventStreams): Plugin<object, { res: ServerResponse }> {
  return {
    onResultProcess({ request, result, setResult, resultProcessor, setResultProcessor, serverContext }) {
      if (Array.isArray(result)) setResult(result.map(withoutStream));
      if (!resultProcessor) return void (isAsyncIterable(result) && abandon(result));
      const isAsked = /\btext\/event-stream\b/i.test(request.headers.get('accept') ?? '');
      if (!isAsyncIterable(result) && !(isAsked && resultProcessor !== processRegularResult)) return;
      setResultProcessor((results, { Response }) => {
        const { status = 200, headers = {} } = httpOf(results);
        // Node's own stream is as good a body: the adapter writes it as fast as the client reads it.
        const body = streams.open(results as Results, serverContext.res) as unknown as ReadableStream;
        return new Response(body, { status, headers: { ...headers, ...HEADERS } });
      }, 'text/event-stream');
    },
  };
}

interface HttpOf {
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

/** What is wrong with the operation is told in the stream, with 200: to a browser any other status says nothing at all. */
const httpOf = (results: object): HttpOf =>
  ('extensions' in results && (results as ExecutionResult<unknown, { http?: HttpOf }>).extensions?.http) || {};

/** Nobody will read it. */
const abandon = (results: AsyncIterable<unknown>) => void results[Symbol.asyncIterator]().return?.();

/** A batch is answered at once. */
function withoutStream(result: ExecutionResult | AsyncIterable<ExecutionResult>): ExecutionResult {
  if (!isAsyncIterable(result)) return result;
  abandon(result);
  const code: ErrorCode = 'BAD_REQUEST';
  const error = new GraphQLError('A subscription cannot be in a batch: send it alone.', { extensions: { code } });
  return { errors: [error] };
}
