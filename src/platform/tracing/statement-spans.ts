import { type Attributes, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import {
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_QUERY_SUMMARY,
  ATTR_DB_QUERY_TEXT,
  ATTR_DB_RESPONSE_STATUS_CODE,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from '@opentelemetry/semantic-conventions';
import { ATTR_DB_RESPONSE_RETURNED_ROWS } from '@opentelemetry/semantic-conventions/incubating';
import type { Statement } from '../observation.ts';
import { type OpenSpan, STATEMENTS_MAX } from './work-spans.ts';

export type TellStatement = (statement: Statement, parent: OpenSpan) => void;

/**
 * Shows each statement as a call to this database, with its text and without values
 * (https://opentelemetry.io/docs/specs/semconv/db/postgresql/).
 */
export function createStatementSpans(tracer: Tracer, databaseUrl: string): TellStatement {
  const { hostname, port, pathname } = new URL(databaseUrl);
  const common: Attributes = {
    [ATTR_DB_SYSTEM_NAME]: 'postgresql',
    [ATTR_DB_NAMESPACE]: decodeURIComponent(pathname.slice(1)),
    [ATTR_SERVER_ADDRESS]: hostname,
    [ATTR_SERVER_PORT]: Number(port || 5432),
  };
  return ({ text, begun, ms, rows, error }, parent) => {
    parent.statements += 1;
    if (parent.statements > STATEMENTS_MAX) return;
    const { operation, summary } = summaryOf(text);
    const attributes = {
      ...common,
      [ATTR_DB_OPERATION_NAME]: operation,
      [ATTR_DB_QUERY_SUMMARY]: summary,
      [ATTR_DB_QUERY_TEXT]: text,
      [ATTR_DB_RESPONSE_RETURNED_ROWS]: rows,
    };
    const startTime = parent.clock.at(begun);
    const span = tracer.startSpan(summary, { kind: SpanKind.CLIENT, attributes, startTime }, parent.context);
    if (error) {
      const code = codeOf(error);
      span.setAttributes({
        [ATTR_ERROR_TYPE]: code,
        ...(isState(code) ? { [ATTR_DB_RESPONSE_STATUS_CODE]: code } : {}),
      });
      // Its message may quote a value.
      span.setStatus({ code: SpanStatusCode.ERROR });
    }
    span.end(parent.clock.at(begun + ms));
  };
}

const OPERATION = /^[\s(]*([a-z]+)/i;
const TABLE = /\b(?:from|into|update)\s+(?:only\s+)?"?(\w+)"?/i;

/** What is done, and to which table first. */
function summaryOf(text: string): { operation: string; summary: string } {
  const operation = OPERATION.exec(text)?.[1]?.toUpperCase() ?? 'OTHER';
  const table = TABLE.exec(text)?.[1];
  return { operation, summary: table === undefined ? operation : `${operation} ${table}` };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '_OTHER';
const isState = (code: string): boolean => /^[\dA-Z]{5}$/.test(code);
