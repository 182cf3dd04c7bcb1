import type { Logger } from '../logger.ts';
import type { Observation } from '../observation.ts';
import { traceOutgoingRequests } from './outgoing-requests.ts';
import type { TracingSettings } from './settings.ts';
import { createStatementSpans } from './statement-spans.ts';
import { openTracer } from './tracer.ts';
import { type Description, WorkSpans } from './work-spans.ts';

export interface TracingOptions {
  readonly settings: TracingSettings;
  readonly observation: Observation;
  /** How work is shown. */
  readonly description: Description;
  /** Whose statements are shown. */
  readonly databaseUrl: string;
  readonly logger: Logger;
}

/** Makes traces of all work that begins from here on. Loaded only where traces are wanted: the library takes a while. */
export function openTracing(options: TracingOptions): { close(): Promise<void> } {
  const { settings, observation, description, databaseUrl, logger } = options;
  const { tracer, close } = openTracer(settings, logger);
  const spans = new WorkSpans(tracer, description);
  const tellStatement = createStatementSpans(tracer, databaseUrl);
  observation.add({
    workBegan: work => spans.began(work),
    workEnded: work => spans.ended(work),
    statementEnded(statement, work) {
      const parent = spans.of(work);
      if (parent?.isSampled) tellStatement(statement, parent);
    },
  });
  const stop = traceOutgoingRequests(tracer, spans);
  return {
    async close() {
      stop();
      await close();
    },
  };
}
