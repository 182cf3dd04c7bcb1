/** Which traces are kept, by the names that OpenTelemetry gives the ways to choose. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface TracingSettings {
  /** Where the collector takes traces: OTLP over HTTP, in JSON. */
  readonly url: string;
  /** Sent with each batch, such as a key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Of everything that this process tells, such as `deployment.environment.name`. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** From 0 to 1, for the samplers by ratio. */
  readonly ratio: number;
}

/** The settings of the environment that are about traces. */
export interface TracingEnvironment {
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: Readonly<Record<string, string>> | undefined;
  readonly OTEL_SERVICE_NAME: string;
  readonly OTEL_RESOURCE_ATTRIBUTES?: Readonly<Record<string, string>> | undefined;
  readonly OTEL_TRACES_SAMPLER: SamplerName;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

/** Null where no traces are made. */
export function tracingSettings(env: TracingEnvironment): TracingSettings | null {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return null;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: env.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    serviceName: env.OTEL_SERVICE_NAME,
    resource: env.OTEL_RESOURCE_ATTRIBUTES ?? {},
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
  };
}

/** As names of headers and keys of baggage are written (https://www.rfc-editor.org/rfc/rfc9110#name-tokens). */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const CONTROL = /\p{Cc}/u;

/** `name=value,name=value`, the values percent-encoded. Null where it is none of that. */
export function readPairs(text: string): Record<string, string> | null {
  const pairs: Record<string, string> = {};
  for (const pair of text.split(',').map(part => part.trim())) {
    if (pair === '') continue;
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())];
    if (at < 0 || !NAME.test(name) || value === null || CONTROL.test(value)) return null;
    pairs[name] = value;
  }
  return pairs;
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
