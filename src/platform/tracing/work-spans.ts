import type { SpanKind, SpanStatus, Tracer } from '@opentelemetry/api';
import { type Attributes, type Context, ROOT_CONTEXT, type Span, type SpanContext, trace } from '@opentelemetry/api';
import type { Work } from '../work.ts';
import { SpanClock } from './span-clock.ts';
import { isSampled, traceparentOf } from './trace-parent.ts';

/** How a piece of work is shown when it begins. */
export interface Beginning {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /**
   * PART: of the work that it is done in; not shown where that is not. TRACE: a trace of its own. EITHER: a part where it can
   * be one.
   */
  readonly place: 'PART' | 'TRACE' | 'EITHER';
  /** The span in another process that this one is a child of. */
  readonly caller?: SpanContext | null;
  /** A span of another trace that brought it about; or the work that did. */
  readonly cause?: SpanContext | Work | null;
}

/** What is known at its end. */
export interface Ending {
  /** Where it is known better now. */
  readonly name?: string;
  readonly attributes: Attributes;
  readonly status?: SpanStatus;
}

/** How all work is shown. Null: not at all. */
export interface Description {
  begin(work: Work): Beginning | null;
  end(work: Work): Ending;
}

/** A span of this process, with what its parts need to know. */
export interface OpenSpan {
  readonly span: Span;
  readonly context: Context;
  readonly clock: SpanClock;
  readonly isSampled: boolean;
  /** Statements that were shown, and that were too many to be shown. */
  statements: number;
}

/** Of one piece of work: what takes rows one by one, or goes on for days, would fill the trace and say nothing more. */
export const STATEMENTS_MAX = 500;

/** The spans of the work that is under way. */
export class WorkSpans {
  readonly #tracer: Tracer;
  readonly #description: Description;
  readonly #open = new WeakMap<Work, OpenSpan>();

  constructor(tracer: Tracer, description: Description) {
    this.#tracer = tracer;
    this.#description = description;
  }

  /** Of the innermost work that has one. */
  of(work: Work | null): OpenSpan | null {
    for (let one = work; one !== null; one = one.parent) {
      const found = this.#open.get(one);
      if (found) return found;
    }
    return null;
  }

  began(work: Work): void {
    const beginning = this.#description.begin(work);
    if (!beginning) return;
    const parent = beginning.place === 'TRACE' ? null : this.of(work.parent);
    if (!parent && beginning.place === 'PART') return;
    // Nobody will see it: it goes by its parent's name.
    if (parent && !parent.isSampled) {
      work.trace = traceOf(parent.span.spanContext());
      return;
    }
    const { name, kind, attributes, caller = null } = beginning;
    const clock = parent?.clock ?? new SpanClock();
    const within = parent?.context ?? (caller ? trace.setSpanContext(ROOT_CONTEXT, caller) : ROOT_CONTEXT);
    const cause = this.#spanContextOf(beginning.cause ?? null);
    const links = cause ? [{ context: cause }] : [];
    const span = this.#tracer.startSpan(name, { kind, attributes, links, startTime: clock.at(work.begun) }, within);
    const spanContext = span.spanContext();
    const context = trace.setSpan(ROOT_CONTEXT, span);
    this.#open.set(work, { span, context, clock, isSampled: isSampled(spanContext), statements: 0 });
    work.trace = traceOf(spanContext);
  }

  ended(work: Work): void {
    const open = this.#open.get(work);
    if (!open?.isSampled) return;
    const { name, attributes, status } = this.#description.end(work);
    if (name !== undefined) open.span.updateName(name);
    open.span.setAttributes(attributes);
    const leftOut = open.statements - STATEMENTS_MAX;
    if (leftOut > 0) open.span.setAttribute('duely.statements_left_out', leftOut);
    if (status) open.span.setStatus(status);
    open.span.end(open.clock.at(work.begun + work.ms));
  }

  #spanContextOf(cause: SpanContext | Work | null): SpanContext | null {
    if (cause === null || 'traceId' in cause) return cause;
    return this.of(cause)?.span.spanContext() ?? null;
  }
}

const traceOf = (context: SpanContext) => ({
  traceId: context.traceId,
  traceparent: traceparentOf(context),
  isSampled: isSampled(context),
});
