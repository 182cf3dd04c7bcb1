import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Attributes, type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import { currentWork } from '../work.ts';
import { traceparentOf } from './trace-parent.ts';
import type { OpenSpan, WorkSpans } from './work-spans.ts';

/** A request of `fetch` as Node tells of it (https://undici.nodejs.org/#/docs/api/DiagnosticsChannel). */
interface Request {
  readonly origin: string | URL;
  readonly method: string;
  addHeader(name: string, value: string): unknown;
}

interface OpenRequest {
  readonly span: Span;
  readonly parent: OpenSpan;
}

/**
 * Shows each `fetch` of work that is traced as a call, and sends the trace's context with it. Neither path nor query is shown:
 * they name what only its owner should know. Answers with how to stop.
 */
export function traceOutgoingRequests(tracer: Tracer, spans: WorkSpans): () => void {
  const open = new WeakMap<Request, OpenRequest>();

  const onCreate = (message: unknown) => {
    const { request } = message as { request: Request };
    const parent = spans.of(currentWork());
    if (!parent) return;
    if (!parent.isSampled) return carry(request, parent.span);
    const startTime = parent.clock.at(performance.now());
    const options = { kind: SpanKind.CLIENT, attributes: attributesOf(request), startTime };
    const span = tracer.startSpan(request.method, options, parent.context);
    open.set(request, { span, parent });
    carry(request, span);
  };
  const onHeaders = (message: unknown) => {
    const { request, response } = message as { request: Request; response: { statusCode: number } };
    const span = open.get(request)?.span;
    if (!span) return;
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
    if (response.statusCode >= 400) fail(span, String(response.statusCode));
  };
  const end = (request: Request, error: unknown) => {
    const found = open.get(request);
    if (!found) return;
    open.delete(request);
    if (error) fail(found.span, error instanceof Error ? error.name : '_OTHER');
    found.span.end(found.parent.clock.at(performance.now()));
  };
  const onTrailers = (message: unknown) => end((message as { request: Request }).request, null);
  const onError = (message: unknown) => {
    const { request, error } = message as { request: Request; error: unknown };
    end(request, error ?? true);
  };

  const listeners = [
    ['undici:request:create', onCreate],
    ['undici:request:headers', onHeaders],
    ['undici:request:trailers', onTrailers],
    ['undici:request:error', onError],
  ] as const;
  for (const [channel, listener] of listeners) subscribe(channel, listener);
  return () => {
    for (const [channel, listener] of listeners) unsubscribe(channel, listener);
  };
}

function attributesOf({ origin, method }: Request): Attributes {
  const { protocol, hostname, port } = new URL(origin);
  const scheme = protocol.slice(0, -1);
  return {
    [ATTR_HTTP_REQUEST_METHOD]: method,
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_SERVER_PORT]: Number(port || (scheme === 'https' ? 443 : 80)),
    [ATTR_URL_SCHEME]: scheme,
  };
}

function carry(request: Request, span: Span): void {
  const context = span.spanContext();
  request.addHeader('traceparent', traceparentOf(context));
  const state = context.traceState?.serialize();
  if (state) request.addHeader('tracestate', state);
}

function fail(span: Span, type: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
