import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import { eventIdOf } from '../platform/event-id.ts';

/** Proxies take a connection on which nothing is said for a minute, or for half of one, for a dead one. */
const KEEP_ALIVE_MS = 12_000;
/** A client that takes nothing of what waits for it in so many of them, five minutes, is gone. */
const STALLED_BEATS_MAX = 25;

const COMMENT = ':\n\n';
// Without the data a browser would not tell the page of it.
const COMPLETE = 'event: complete\ndata:\n\n';

/** One result, or in a batch several. */
export type Results = ExecutionResult | readonly ExecutionResult[];

/**
 * Results as server-sent events, in the "distinct connections mode" of
 * https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md; with the ids of those that have one. Asks for the
 * next result when the client has taken the last one, so that nothing piles up here for one that reads slowly.
 */
export class EventStream extends Readable {
  readonly #results: AsyncIterator<Results>;
  readonly #response: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;
  #asking = false;
  #over = false;
  #given = 0;
  #givenBefore = 0;
  #stalledBeats = 0;

  /** To be piped to the response, which ends with it and is broken off where it breaks. */
  constructor(results: AsyncIterator<Results>, response: ServerResponse) {
    // Anything at all is enough: the next one is asked for when there is nothing here.
    super({ highWaterMark: 1 });
    this.#results = results;
    this.#response = response;
    this.#keepAlive = setInterval(() => this.#beat(), KEEP_ALIVE_MS);
    this.#keepAlive.unref();
    // Some browsers do not show an answer to the page before something of its body came.
    this.push(COMMENT);
    // The client went away while the operation was prepared: nobody will read it.
    if (response.destroyed) this.destroy();
  }

  /** Ends without saying that it is complete: there may be more to come, for a client that connects again. */
  cut(): void {
    this.#end();
    void this.#results.return?.();
  }

  override _read(): void {
    if (this.#asking || this.#over) return;
    this.#asking = true;
    this.#results
      .next()
      .then(({ done, value }) => {
        this.#asking = false;
        if (this.#over) return;
        this.#given += 1;
        this.push(done ? COMPLETE : toEvent(value));
        if (done) this.#end();
      })
      .catch((error: Error) => this.destroy(error));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#over = true;
    clearInterval(this.#keepAlive);
    void this.#results.return?.();
    // Nobody ends the response of a stream that broke.
    if (!this.readableEnded) this.#response.destroy();
    callback(error);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.push(null);
  }

  #beat(): void {
    if (this.readableLength > 0) {
      this.#stalledBeats = this.#given === this.#givenBefore ? this.#stalledBeats + 1 : 0;
      this.#givenBefore = this.#given;
      if (this.#stalledBeats >= STALLED_BEATS_MAX) this.destroy();
      return;
    }
    this.#stalledBeats = 0;
    if (!this.#over) this.push(COMMENT);
  }
}

function toEvent(results: Results): string {
  const id = eventIdOf(results);
  const data = JSON.stringify('length' in results ? results.map(withoutHttp) : withoutHttp(results as ExecutionResult));
  return `event: next\n${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`;
}

/** Status and headers of the response stand in the extensions until here. */
function withoutHttp({ errors, extensions, ...result }: ExecutionResult): object {
  const { http: _, ...shown } = extensions ?? {};
  return {
    ...(errors
      ? { errors: errors.map(error => ({ ...error.toJSON(), extensions: withoutKey(error.extensions) })) }
      : {}),
    ...result,
    ...(Object.keys(shown).length > 0 ? { extensions: shown } : {}),
  };
}

const withoutKey = ({ http: _, ...extensions }: Record<string, unknown>) => extensions;
