import { METHODS } from 'node:http';
import { type Attributes, SpanKind, type SpanStatus, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_HEADER,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import {
  ATTR_GRAPHQL_OPERATION_NAME,
  ATTR_GRAPHQL_OPERATION_TYPE,
} from '@opentelemetry/semantic-conventions/incubating';
import { TransactionWork } from '../change/transaction-work.ts';
import { FAILURES } from '../graphql/operation-metrics.ts';
import { EventWork, OperationWork } from '../graphql/operation-work.ts';
import { ProviderCallWork } from '../payment/provider-call-work.ts';
import { readTraceHeaders, readTraceparent } from '../platform/tracing/trace-parent.ts';
import type { Beginning, Description, Ending } from '../platform/tracing/work-spans.ts';
import { JobWork, RequestWork, type Work } from '../platform/work.ts';

/** Asked for every few seconds by machines, or with every page: they would be most of all traces. */
const UNTRACED = /^\/(?:health|ready|metrics|graphql\/.*)$/;
const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/**
 * How each kind of work is shown, by OpenTelemetry's semantic conventions where there are any. Of what clients sent there are
 * names alone, and nothing tells who they are: no variables, documents, queries of addresses, tokens, people or addresses.
 */
export const describeWork: Description = {
  begin(work) {
    if (work instanceof RequestWork) return beginningOfRequest(work);
    if (work instanceof OperationWork) return beginningOfOperation(work);
    if (work instanceof EventWork) return { ...inside('event'), place: 'TRACE', cause: work.parent };
    if (work instanceof TransactionWork) return inside('transaction');
    if (work instanceof ProviderCallWork) return beginningOfCall(work);
    if (work instanceof JobWork) return beginningOfJob(work);
    return null;
  },
  end(work) {
    if (work instanceof RequestWork) return endingOfRequest(work);
    if (work instanceof OperationWork) return endingOfOperation(work);
    if (work instanceof ProviderCallWork) return endingOfCall(work);
    if (work instanceof TransactionWork || work instanceof JobWork)
      return { attributes: measuresOf(work), ...(work.hasFailed ? { status: FAILED } : {}) };
    return { attributes: measuresOf(work) };
  },
};

/** Without a message: what an error says may quote what a client sent. The log has it. */
const FAILED: SpanStatus = { code: SpanStatusCode.ERROR };

const measuresOf = ({ statements, rows }: Work): Attributes => ({ 'duely.statements': statements, 'duely.rows': rows });

const inside = (name: string, attributes: Attributes = {}): Beginning => ({
  name,
  kind: SpanKind.INTERNAL,
  attributes,
  place: 'PART',
});

function beginningOfRequest({ method: given, path, headers, requestId }: RequestWork): Beginning | null {
  if (UNTRACED.test(path)) return null;
  const method = KNOWN_METHODS.has(given) ? given : '_OTHER';
  return {
    name: method === '_OTHER' ? 'HTTP' : method,
    kind: SpanKind.SERVER,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_SCHEME]: 'http',
      ...(requestId === null ? {} : { [ATTR_HTTP_REQUEST_HEADER('x-request-id')]: [requestId] }),
    },
    place: 'TRACE',
    caller: readTraceHeaders(headers),
  };
}

/** What answered it is known only now, and with it what of its path may be told. */
function endingOfRequest(work: RequestWork): Ending {
  const { method, path, route, status } = work;
  const hasFailed = status !== null && status >= 500;
  return {
    ...(route === null ? {} : { name: `${method} ${route}` }),
    attributes: {
      ...measuresOf(work),
      [ATTR_URL_PATH]: path,
      ...(route === null ? {} : { [ATTR_HTTP_ROUTE]: route }),
      ...(status === null ? {} : { [ATTR_HTTP_RESPONSE_STATUS_CODE]: status }),
      ...(hasFailed ? { [ATTR_ERROR_TYPE]: String(status) } : {}),
    },
    ...(hasFailed ? { status: FAILED } : {}),
  };
}

/** Clients make up the names of operations: the span is called by the schema's. */
function beginningOfOperation({ kind, name, fields: [field], transport, requestId }: OperationWork): Beginning {
  return {
    ...inside(field === undefined || field.startsWith('...') ? kind : `${kind} ${field}`, {
      [ATTR_GRAPHQL_OPERATION_TYPE]: kind,
      ...(name === null ? {} : { [ATTR_GRAPHQL_OPERATION_NAME]: name }),
      'duely.transport': transport,
      ...(requestId === null ? {} : { 'duely.request_id': requestId }),
    }),
    place: 'EITHER',
  };
}

/** What its caller can put right is no failure of the server's: `error.type` tells it, the status does not. */
function endingOfOperation(work: OperationWork): Ending {
  const { kind, fields, codes, userErrors, events } = work;
  const failure = FAILURES.find(code => codes.includes(code));
  const type = failure ?? codes[0];
  return {
    attributes: {
      ...measuresOf(work),
      'duely.fields': [...fields],
      ...(codes.length > 0 ? { 'duely.error_codes': [...codes] } : {}),
      ...(userErrors.length > 0 ? { 'duely.user_errors': [...userErrors] } : {}),
      ...(kind === 'subscription' ? { 'duely.events': events } : {}),
      ...(type === undefined ? {} : { [ATTR_ERROR_TYPE]: type }),
    },
    ...(failure ? { status: FAILED } : {}),
  };
}

function beginningOfCall({ provider, operation }: ProviderCallWork): Beginning {
  const attributes = { 'duely.payment.provider': provider, 'duely.payment.operation': operation };
  return { ...inside(`${provider} ${operation}`, attributes), place: 'EITHER' };
}

function endingOfCall(work: ProviderCallWork): Ending {
  const { outcome } = work;
  const hasFailed = outcome !== 'DONE';
  return {
    attributes: {
      ...measuresOf(work),
      ...(outcome === null ? {} : { 'duely.payment.outcome': outcome }),
      ...(hasFailed ? { [ATTR_ERROR_TYPE]: outcome ?? '_OTHER' } : {}),
    },
    ...(hasFailed ? { status: FAILED } : {}),
  };
}

/** What is repeated every few seconds would be most of all traces, and mostly has nothing to do. */
function beginningOfJob({ job, jobId, causedBy }: JobWork): Beginning | null {
  if (jobId === null) return null;
  return {
    name: `job ${job}`,
    kind: SpanKind.CONSUMER,
    attributes: { 'duely.job.name': job, 'duely.job.id': jobId },
    place: 'TRACE',
    cause: readTraceparent(causedBy),
  };
}
