import type { StartOptions, TestApp } from '../support/app.ts';
import { startApp } from '../support/app.ts';
import { type CollectedSpan, type Collector, startCollector } from '../support/collector.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';
export const CALLER = 'b7ad6b7169203331';

/** What a caller sends that makes a trace of its own. */
export const callerOf = (trace = TRACE, flags = '01') => ({
  headers: { traceparent: `00-${trace}-${CALLER}-${flags}` },
});

export type TracedApp = TestApp & { readonly collector: Collector };

/** A server whose traces go to a collector of its own. */
export async function startTraced({ settings = {}, ...options }: StartOptions = {}): Promise<TracedApp> {
  const collector = await startCollector();
  const app = await startApp({ ...options, settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings } });
  return {
    ...app,
    collector,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await collector[Symbol.asyncDispose]();
    },
  };
}

/** The spans right below this one, in the order in which they began. */
export const partsOf = ({ spanId }: CollectedSpan, spans: readonly CollectedSpan[]): CollectedSpan[] =>
  spans.filter(({ parentSpanId }) => parentSpanId === spanId).toSorted((a, b) => Number(a.start - b.start));

/** A trace as an indented list of names; only what hangs together with the root is in it. */
export const treeOf = (root: CollectedSpan, spans: readonly CollectedSpan[]): string[] => [
  root.name,
  ...partsOf(root, spans).flatMap(part => treeOf(part, spans).map(line => `  ${line}`)),
];

/** Those that begin before their parents or end after them. */
export const sticking = (spans: readonly CollectedSpan[]): string[] =>
  spans.flatMap(span => {
    const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent && (span.start < parent.start || span.end > parent.end) ? [`${span.name} in ${parent.name}`] : [];
  });
