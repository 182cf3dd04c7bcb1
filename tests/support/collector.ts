import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { until } from './wait.ts';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Null at the root of what was made here and has no caller. */
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'CONSUMER';
  /** In nanoseconds. */
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failed: boolean;
  readonly links: readonly { traceId: string; spanId: string }[];
  /** Of the process that made it. */
  readonly resource: Readonly<Record<string, unknown>>;
}

/** TAKES: 200. FAILS: 500. HANGS: takes everything and never answers. */
export type CollectorMood = 'TAKES' | 'FAILS' | 'HANGS';

/** A collector of traces as a server sees it, on loopback: OTLP over HTTP, in JSON. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** In the order in which they came; grows. */
  readonly spans: readonly CollectedSpan[];
  /** What came, as it stood, also what it did not take. */
  readonly bodies: readonly string[];
  /** Of each batch. */
  readonly headers: readonly IncomingHttpHeaders[];
  mood: CollectorMood;
  /** Waits for a span. */
  find(what: string, matches: (span: CollectedSpan) => boolean): Promise<CollectedSpan>;
  trace(traceId: string): CollectedSpan[];
  /** Is gone, as one that was stopped; what came stays. */
  stop(): Promise<void>;
  /** Is back, at the same address. */
  restart(): Promise<void>;
}

const Value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: z.union([z.int(), z.string().regex(/^-?\d+$/)]) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ arrayValue: z.object({ values: z.array(z.object({ stringValue: z.string() })) }) }),
]);
const Attributes = z.array(z.strictObject({ key: z.string().min(1), value: Value }));
const TraceId = z.string().regex(/^(?!0+$)[\da-f]{32}$/);
const SpanId = z.string().regex(/^(?!0+$)[\da-f]{16}$/);
const Nanoseconds = z.string().regex(/^\d{19}$/);

/** As much of https://github.com/open-telemetry/opentelemetry-proto as the product sends. */
const Batch = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(
        z.object({
          scope: z.object({ name: z.literal('duely'), version: z.string() }),
          spans: z.array(
            z.object({
              traceId: TraceId,
              spanId: SpanId,
              parentSpanId: SpanId.optional(),
              traceState: z.string().optional(),
              name: z.string().min(1),
              kind: z.int().min(1).max(5),
              startTimeUnixNano: Nanoseconds,
              endTimeUnixNano: Nanoseconds,
              attributes: Attributes,
              // A message may quote what a client sent.
              status: z.strictObject({ code: z.int().min(0).max(2) }),
              links: z.array(z.object({ traceId: TraceId, spanId: SpanId })),
              events: z.array(z.never()),
            }),
          ),
        }),
      ),
    }),
  ),
});

const KINDS = { 1: 'INTERNAL', 2: 'SERVER', 3: 'CLIENT', 5: 'CONSUMER' } as const;

export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const faults: string[] = [];
  const open = (port: number) => listen(port, collector, { spans, bodies, headers, faults });
  onTestFinished(() => {
    expect(faults, 'what is not of OTLP').toEqual([]);
  });
  const collector = { mood: 'TAKES' as CollectorMood };
  let { server, url } = await open(0);

  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return Object.assign(collector, {
    url,
    spans,
    bodies,
    headers,
    stop,
    async restart() {
      ({ server } = await open(Number(new URL(url).port)));
    },
    async find(what: string, matches: (span: CollectedSpan) => boolean) {
      await until(`the span ${what}`, () => {
        expect(faults, 'what is not of OTLP').toEqual([]);
        return spans.some(matches);
      });
      return spans.find(matches) as CollectedSpan;
    },
    trace: (traceId: string) => spans.filter(span => span.traceId === traceId),
    [Symbol.asyncDispose]: stop,
  });
}

type Kept = { spans: CollectedSpan[]; bodies: string[]; headers: IncomingHttpHeaders[]; faults: string[] };

async function listen(
  port: number,
  collector: { readonly mood: CollectorMood },
  { spans, bodies, headers, faults }: Kept,
): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    headers.push(request.headers);
    bodies.push(body);
    if (collector.mood === 'HANGS') return;
    const isTaken = request.method === 'POST' && request.url === '/v1/traces' && collector.mood === 'TAKES';
    if (isTaken) {
      try {
        spans.push(...spansOf(body));
      } catch (fault) {
        faults.push(String(fault));
      }
    }
    response.writeHead(isTaken ? 200 : 500, { 'Content-Type': 'application/json' }).end('{}');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Throws where it is not what OTLP says. */
function spansOf(body: string): CollectedSpan[] {
  return Batch.parse(JSON.parse(body)).resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(span => ({
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? null,
        name: span.name,
        kind: KINDS[span.kind as keyof typeof KINDS],
        start: BigInt(span.startTimeUnixNano),
        end: BigInt(span.endTimeUnixNano),
        attributes: valuesOf(span.attributes),
        failed: span.status.code === 2,
        links: span.links,
        resource: valuesOf(resource.attributes),
      })),
    ),
  );
}

const valuesOf = (attributes: z.infer<typeof Attributes>): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => {
      const [held] = Object.values(value) as [unknown];
      const list = (held as { values?: { stringValue: string }[] }).values;
      return [key, list ? list.map(({ stringValue }) => stringValue) : held];
    }),
  );
