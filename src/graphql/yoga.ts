import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
  validate,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { ERROR_CODES } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { Observation } from '../platform/observation.ts';
import type { OperationContext } from './context.ts';
import { costWeightsOf } from './cost-weights.ts';
import { createDocumentCache } from './document-cache.ts';
import { codesOf, isEmpty, type Operation, runOperation } from './engine.ts';
import { EventStreams, useEventStreams } from './event-streams.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { LIMITS, OperationLimits } from './limits.ts';
import { maskError } from './masking.ts';
import { observeContext, observeOperation } from './observed-operation.ts';
import type { Transport } from './operation-work.ts';
import { rateLimitHeaders } from './rate-limits.ts';
import { runSubscriptionUntilEnd } from './subscription-end.ts';
import { noTrustedDocuments, requireTrusted, type TrustedDocuments, withDocument } from './trusted-documents.ts';
import { useReasonsForUnacceptable } from './unacceptable.ts';

/** What a transport hands to Yoga with each operation; Yoga adds the operation's own parameters. */
export interface TransportContext {
  readonly requestId: string;
  /** For the log; a plain request unless told. */
  readonly transport?: Transport;
  /** Makes the operation's context. What it is given stands in the operation's extensions. */
  readonly contextFor: (options: { idempotencyKey: string | null; tellsCost: boolean }) => Promise<OperationContext>;
}

export type GraphqlHandler = ReturnType<typeof createGraphqlHandler>;

/** GraphQL over HTTP and SSE, and the parse, validate and execute functions that the socket uses too. */
export function createGraphqlHandler({
  schema,
  logger,
  introspection,
  streams = new EventStreams(logger),
  observation = new Observation(),
  documents = noTrustedDocuments,
}: {
  schema: GraphQLSchema;
  logger: Logger;
  introspection: boolean;
  /** To end them when the server stops. */
  streams?: EventStreams;
  /** Is told of each operation. */
  observation?: Observation;
  documents?: TrustedDocuments;
}) {
  // So that what they say wrong is told at the start.
  costWeightsOf(schema);
  const yoga = createYoga<TransportContext>({
    schema,
    graphqlEndpoint: '/graphql',
    // The HTTP server does all of these for every route.
    cors: false,
    landingPage: false,
    graphiql: false,
    healthCheckEndpoint: '/yoga-has-no-health-check-of-its-own',
    multipart: false,
    logging: false,
    batching: { limit: LIMITS.batch },
    parserAndValidationCache: createDocumentCache(),
    // The HTTP server has read the body, and no more of it than it may.
    maxRequestBodySize: false,
    maskedErrors: { maskError: error => maskError(error, logger, null) },
    plugins: [
      useTrustedDocuments(documents),
      useLimits(introspection, logger),
      useExecution({ logger, introspection, observation }),
      useEventStreams(streams),
      useReasonsForUnacceptable(),
    ],
  });
  return Object.assign(yoga, { documents });
}

/** In every transport: what runs has gone through this parse function. */
function useTrustedDocuments(documents: TrustedDocuments): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (request.method !== 'GET' || !requestParser) return;
      // Yoga's own parser leaves out what it does not know.
      setRequestParser(async given => {
        const documentId = new URL(given.url, 'http://localhost').searchParams.get('documentId');
        const params = await requestParser(given);
        return documentId === null ? params : Object.assign(params, { documentId });
      });
    },
    onParams({ params, setParams }) {
      setParams(withDocument(documents, params) as typeof params);
    },
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => {
        requireTrusted(documents, String(source.body ?? source));
        return parseFn(source, options);
      });
    },
  };
}

function useLimits(introspection: boolean, logger: Logger): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      // Of a POST Yoga says itself that it is no JSON; of what stands in an address it does not.
      if (request.method !== 'GET' || !requestParser) return;
      setRequestParser(async given => {
        try {
          return await requestParser(given);
        } catch (error) {
          throw error instanceof SyntaxError ? badAddress() : error;
        }
      });
    },
    onParse({ parseFn, setParseFn }) {
      setParseFn((source, options) => parseFn(source, { ...options, maxTokens: LIMITS.tokens }));
      return ({ result, replaceParseResult }) => {
        if (isStackOverflow(result)) replaceParseResult(tooDeep());
        // The parser's own words do not say that this is a limit of the server's.
        if (!(result instanceof GraphQLError)) return;
        if (result.message.endsWith('Parsing aborted.')) result.extensions.code = 'TOO_COMPLEX';
        // Kept with the error, which is kept with the text: Yoga tells the status only of what it parses itself.
        result.extensions.http ??= { spec: true, status: 400 };
      };
    },
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules) => {
        try {
          // Whether fields agree takes the square of their number: what is too much is not asked about.
          const over = validate(schema, document, [OperationLimits], { maxErrors: LIMITS.faults });
          if (over.length > 0) return over;
          // "Did you mean …?" would tell the schema name by name.
          return validate(schema, document, rules, { hideSuggestions: !introspection, maxErrors: LIMITS.faults });
        } catch (error) {
          if (isStackOverflow(error)) return [tooDeep()];
          throw error;
        }
      });
      // Here, because Yoga's own last step gives them codes that are not of the closed list.
      return ({ valid, result, setResult }) => {
        if (!valid) setResult(result.map((error: unknown) => maskError(error, logger, null)));
      };
    },
  };
}

/** Values in values: the parser and the rules go down into them by recursion, and tokens alone do not bound it enough. */
const isStackOverflow = (error: unknown): boolean => error instanceof RangeError && /call stack/i.test(error.message);
const tooDeep = () =>
  new GraphQLError('The operation has values too deep in each other to be read.', {
    extensions: { code: 'TOO_COMPLEX', http: { status: 400 } },
  });
const badAddress = () =>
  new GraphQLError('variables and extensions in an address have to be JSON.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });

function useExecution(options: {
  logger: Logger;
  introspection: boolean;
  observation: Observation;
}): Plugin<TransportContext> {
  const { logger, observation } = options;
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) =>
        observed(args, observation, () => inContext(args, options, operation => runOperation(operation, logger))),
      );
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args: ExecutionArgs) =>
        observed(args, observation, () =>
          inContext(args, options, operation => runSubscriptionUntilEnd(operation, logger)),
        ),
      );
    },
  };
}

/** With all that it takes, the look-up of the viewer too. */
function observed<Result extends object>(
  { document, operationName, contextValue }: ExecutionArgs,
  observation: Observation,
  run: () => Promise<Result>,
): Promise<Result> {
  const { requestId, transport = 'http' } = contextValue as TransportContext;
  return observeOperation(observation, { document, operationName, requestId, transport }, run);
}

/** Runs an operation in a context of its own. To make one, the viewer is looked up, which may fail as all else may. */
async function inContext<Result extends object>(
  args: ExecutionArgs,
  { logger, introspection }: { logger: Logger; introspection: boolean },
  run: (operation: Operation) => Promise<Result | ExecutionResult>,
): Promise<Result | ExecutionResult> {
  let operation: Operation;
  try {
    operation = await withContext(args, introspection);
  } catch (error) {
    const { requestId } = args.contextValue as TransportContext;
    return withHttp({ errors: [maskError(error, logger, requestId)] }, { cookie: null, fieldsRun: 0 });
  }
  observeContext(operation.contextValue);
  const result = await run(operation);
  const { caller, fieldsRun } = operation.contextValue;
  if (Symbol.asyncIterator in result) return result;
  return withHttp(result, { cookie: caller.refreshCookie?.header ?? null, fieldsRun });
}

async function withContext(args: ExecutionArgs, introspection: boolean): Promise<Operation> {
  const { contextFor, params } = args.contextValue as TransportContext & {
    params?: { extensions?: { idempotencyKey?: unknown; cost?: unknown } };
  };
  const key = params?.extensions?.idempotencyKey;
  const tellsCost = params?.extensions?.cost === true;
  const contextValue = await contextFor({ idempotencyKey: readIdempotencyKey(key), tellsCost });
  const { schema, document, variableValues, operationName } = args;
  return {
    schema,
    document,
    contextValue,
    variableValues: variableValues ?? {},
    operationName: operationName ?? null,
    hideSuggestions: !introspection,
  };
}

/** HTTP tells in its own words what every field answered alike. */
const TOLD_BY_STATUS = ['UNAUTHENTICATED', 'RATE_LIMITED', 'UNAVAILABLE'] as const;

/** Yoga takes `http` out of the extensions before it writes them. */
function withHttp(
  result: ExecutionResult,
  { cookie, fieldsRun }: { cookie: string | null; fieldsRun: number },
): ExecutionResult {
  const codes = codesOf(result);
  const alike = isEmpty(result)
    ? TOLD_BY_STATUS.find(code => codes.length > 0 && codes.every(other => other === code))
    : undefined;
  // What a mutation before it has done is done, though the answer has no data.
  const told = alike === 'RATE_LIMITED' && fieldsRun > 0 ? undefined : alike;
  if (!cookie && !told) return result;
  const http = {
    ...(told ? { status: ERROR_CODES[told].status } : {}),
    headers: {
      ...(cookie ? { 'set-cookie': cookie } : {}),
      ...(told === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(told === 'RATE_LIMITED' ? rateLimitHeaders(result) : {}),
      ...(told === 'UNAVAILABLE' ? { 'retry-after': '1' } : {}),
    },
  };
  return { ...result, extensions: { ...result.extensions, http } };
}
