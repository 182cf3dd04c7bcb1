import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Tracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_INSTANCE_ID, ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { ATTR_HOST_NAME, ATTR_PROCESS_PID } from '@opentelemetry/semantic-conventions/incubating';
import type { Logger } from '../logger.ts';
import { readPackageInfo } from '../package-info.ts';
import type { TracingSettings } from './settings.ts';
import { WatchedExporter } from './watched-exporter.ts';

/** Spans that wait for being sent; what comes on top of them is dropped. */
const QUEUE_MAX = 2_048;
/** Small, because a batch is written in one go, while everybody waits. */
const BATCH_MAX = 256;
const SEND_EVERY_MS = 1_000;
/** For a batch, with its repeats. */
const SEND_TIMEOUT_MS = 5_000;
/** With room for all that waits to be sent at once, at the end. */
const BATCHES_AT_ONCE = 10;
const LAST_WORDS_MS = 3_000;
const ATTRIBUTES_MAX = 64;
const VALUE_MAX_LENGTH = 4_096;

export interface ClosableTracer {
  readonly tracer: Tracer;
  /** Sends what waits to be sent, for three seconds at the most. */
  close(): Promise<void>;
}

/**
 * Makes spans and sends them to a collector, in the background: while that is away, slow or wrong, spans are dropped, and
 * nobody waits. Everything is told to the library here, which would otherwise read the environment itself.
 */
export function openTracer(settings: TracingSettings, logger: Logger): ClosableTracer {
  const { version } = readPackageInfo();
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: { ...settings.headers },
    timeoutMillis: SEND_TIMEOUT_MS,
    concurrencyLimit: BATCHES_AT_ONCE,
    httpAgentOptions: { keepAlive: true },
    userAgent: `duely/${version}`,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({
        [ATTR_SERVICE_VERSION]: version,
        [ATTR_SERVICE_INSTANCE_ID]: randomUUID(),
        [ATTR_HOST_NAME]: hostname(),
        [ATTR_PROCESS_PID]: process.pid,
        ...settings.resource,
        [ATTR_SERVICE_NAME]: settings.serviceName,
      }),
    ),
    sampler: samplerOf(settings),
    spanLimits: { attributeCountLimit: ATTRIBUTES_MAX, attributeValueLengthLimit: VALUE_MAX_LENGTH },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new WatchedExporter(exporter, logger),
        maxQueueSize: QUEUE_MAX,
        maxExportBatchSize: BATCH_MAX,
        scheduledDelayMillis: SEND_EVERY_MS,
        exportTimeoutMillis: 2 * SEND_TIMEOUT_MS,
      }),
    ],
  });
  return {
    tracer: provider.getTracer('duely', version),
    async close() {
      const sent = provider.shutdown().catch(() => {});
      await Promise.race([sent, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    },
  };
}

function samplerOf({ sampler, ratio }: TracingSettings): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
