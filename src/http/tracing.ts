import type { Logger } from '../platform/logger.ts';
import type { Observation } from '../platform/observation.ts';
import type { TracingSettings } from '../platform/tracing/settings.ts';
import { openTracing } from '../platform/tracing/tracing.ts';
import { describeWork } from './traced-work.ts';

/** Makes traces of all that the server does. To be closed after the work, which it outlives by three seconds at the most. */
export const setUpTracing = (options: {
  settings: TracingSettings;
  observation: Observation;
  databaseUrl: string;
  logger: Logger;
}): { close(): Promise<void> } => openTracing({ ...options, description: describeWork });
