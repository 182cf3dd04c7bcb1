import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

type Export = SpanExporter['export'];

const SUCCESS = 0;

/** Sends by another exporter, and warns once when its collector takes nothing any more; then says when it does again. */
export class WatchedExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #logger: Logger;
  #dropped = 0;

  constructor(inner: SpanExporter, logger: Logger) {
    this.#inner = inner;
    this.#logger = logger;
  }

  export(...[spans, done]: Parameters<Export>): void {
    this.#inner.export(spans, result => {
      if (result.code === SUCCESS) this.#sent();
      else this.#failed(spans.length, result.error);
      // What has been told of here need not be told of by the library too.
      done({ code: SUCCESS });
    });
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  #sent(): void {
    if (this.#dropped === 0) return;
    this.#logger.info({ dropped: this.#dropped }, 'traces are sent again');
    this.#dropped = 0;
  }

  #failed(spans: number, error: Error | undefined): void {
    // The error itself has the collector's answer, which may repeat what it was sent.
    if (this.#dropped === 0)
      this.#logger.warn(
        { reason: error?.message || 'no reason was given', ...(error && 'code' in error ? { code: error.code } : {}) },
        'traces cannot be sent; they are dropped until their collector takes them',
      );
    this.#dropped += spans;
  }
}
