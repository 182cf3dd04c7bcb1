import type { IncomingHttpHeaders } from 'node:http';
import { createTraceState, type SpanContext, TraceFlags } from '@opentelemetry/api';

/** Version, trace, parent, flags; a later version may have more behind them (https://www.w3.org/TR/trace-context/). */
const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;
const MAX_LENGTH = 512;

/** The caller's span; null where there is none, or none that is written as it has to be. */
export function readTraceparent(traceparent: unknown, tracestate?: unknown): SpanContext | null {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_LENGTH) return null;
  const [, version, traceId, spanId, flags, rest] = TRACEPARENT.exec(traceparent.trim()) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  return {
    traceId,
    spanId,
    isRemote: true,
    // Of the flags of later versions nobody knows what they mean.
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    ...(typeof tracestate === 'string' && tracestate.length <= MAX_LENGTH
      ? { traceState: createTraceState(tracestate) }
      : {}),
  };
}

/** What came twice is joined by Node, and then no traceparent any more. */
export const readTraceHeaders = ({ traceparent, tracestate }: IncomingHttpHeaders): SpanContext | null =>
  readTraceparent(traceparent, tracestate);

export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

export const traceparentOf = (context: SpanContext): string =>
  `00-${context.traceId}-${context.spanId}-${isSampled(context) ? '01' : '00'}`;
