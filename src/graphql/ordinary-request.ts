import { type DocumentNode, getOperationAST } from 'graphql';
import { type FetchAPI, processRegularResult } from 'graphql-yoga';
import { withDocument } from './trusted-documents.ts';
import type { GraphqlHandler, TransportContext } from './yoga.ts';

/** What is sent back over HTTP. */
export class Answer {
  readonly body: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(body: string, { status, headers }: { status: number; headers: Record<string, string> }) {
    this.body = body;
    this.status = status;
    this.headers = headers;
  }
}

/**
 * Answers the ordinary request: one sound query or mutation, sent as JSON and answered in JSON. Yoga's own steps run it,
 * but without the Fetch objects and hooks around them, which take as long as a page of todos. Null where it is anything
 * else (a batch, a stream, a fault to be told of): Yoga has all of it.
 */
export async function answerOrdinary(
  graphql: GraphqlHandler,
  { accept = '*/*', body: given }: { accept: string | undefined; body: unknown },
  context: TransportContext,
): Promise<Answer | null> {
  const mediaType = mediaTypeFor(accept);
  const body = named(graphql, given);
  if (!mediaType || !isParams(body)) return null;
  const { schema, parse, validate, execute } = graphql.getEnveloped({ ...context, params: body });
  let document: DocumentNode;
  try {
    document = parse(body.query);
  } catch {
    return null;
  }
  if (validate(schema, document).length > 0) return null;
  const operation = getOperationAST(document, body.operationName);
  if (!operation || operation.operation === 'subscription') return null;
  const result = await execute({
    schema,
    document,
    contextValue: { ...context, params: body },
    variableValues: body.variables,
    operationName: body.operationName,
  });
  return processRegularResult(result, fetchApi, mediaType) as unknown as Answer;
}

/** With the document that it names; null where there is no such, which is a fault to be told of. */
function named({ documents }: GraphqlHandler, body: unknown): unknown {
  try {
    return withDocument(documents, body);
  } catch {
    return null;
  }
}

/** All that `processRegularResult` uses of it is the constructor. */
const fetchApi = { Response: Answer } as unknown as FetchAPI;

/** The first that JSON answers to, as Yoga chooses it; null where the header is for Yoga to read. */
function mediaTypeFor(accept: string): string | null {
  if (accept.includes('charset')) return null;
  for (const type of accept.toLowerCase().split(',')) {
    switch (type.split(';', 1)[0]?.trim()) {
      case 'application/graphql-response+json':
        return 'application/graphql-response+json';
      case 'application/json':
      case '*/*':
        return 'application/json';
    }
  }
  return null;
}

interface Params {
  query: string;
  variables?: Record<string, unknown> | null;
  operationName?: string | null;
  extensions?: Record<string, unknown> | null;
}

const isNothing = (value: unknown) => value === undefined || value === null;
const isObject = (value: unknown) => typeof value === 'object' && !Array.isArray(value);

function isParams(body: unknown): body is Params {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const { query, variables, operationName, extensions, ...rest } = body as Record<string, unknown>;
  return (
    typeof query === 'string' &&
    (isNothing(variables) || isObject(variables)) &&
    (isNothing(operationName) || typeof operationName === 'string') &&
    (isNothing(extensions) || isObject(extensions)) &&
    Object.keys(rest).length === 0
  );
}
