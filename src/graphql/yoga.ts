import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  NoSchemaIntrospectionCustomRule,
} from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { ERROR_CODES } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import type { OperationContext } from './context.ts';
import { codesOf, isEmpty, type Operation, operationDeadline, runOperation, runSubscription } from './engine.ts';
import { LIMITS, OperationLimits } from './limits.ts';
import { maskError } from './masking.ts';

/** What a transport hands to Yoga with each operation; Yoga adds the operation's own parameters. */
export interface TransportContext {
  /** Makes the operation's context. `idempotencyKey` is the one in the operation's extensions. */
  readonly contextFor: (options: {
    idempotencyKey: string | null;
    deadline: AbortSignal | null;
  }) => Promise<OperationContext>;
}

export type GraphqlHandler = ReturnType<typeof createGraphqlHandler>;

/** GraphQL over HTTP and SSE, and the parse, validate and execute functions that the socket uses too. */
export function createGraphqlHandler({
  schema,
  logger,
  introspection,
}: {
  schema: GraphQLSchema;
  logger: Logger;
  introspection: boolean;
}) {
  return createYoga<TransportContext>({
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
    maxRequestBodySize: LIMITS.bodyBytes,
    maskedErrors: { maskError: error => maskError(error, logger, null) },
    plugins: [useLimits(introspection), useExecution(logger)],
  });
}

function useLimits(introspection: boolean): Plugin {
  return {
    onParse({ params }) {
      params.options = { ...params.options, maxTokens: LIMITS.tokens };
      return ({ result }) => {
        // The parser's own words do not say that this is a limit of the server's.
        if (result instanceof GraphQLError && result.message.includes('token')) result.extensions.code = 'TOO_COMPLEX';
      };
    },
    onValidate({ addValidationRule }) {
      addValidationRule(OperationLimits);
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
    },
  };
}

function useExecution(logger: Logger): Plugin<TransportContext> {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(async (args: ExecutionArgs) => {
        const operation = await withContext(args, operationDeadline());
        return withHttp(await runOperation(operation, logger), operation.contextValue);
      });
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const operation = await withContext(args, null);
        const result = await runSubscription(operation, logger);
        return Symbol.asyncIterator in result ? result : withHttp(result, operation.contextValue);
      });
    },
  };
}

async function withContext(args: ExecutionArgs, deadline: AbortSignal | null): Promise<Operation> {
  const { contextFor, params } = args.contextValue as TransportContext & {
    params?: { extensions?: { idempotencyKey?: unknown } };
  };
  const key = params?.extensions?.idempotencyKey;
  const contextValue = await contextFor({ idempotencyKey: typeof key === 'string' ? key : null, deadline });
  const { schema, document, variableValues, operationName } = args;
  return { schema, document, contextValue, variableValues: variableValues ?? {}, operationName: operationName ?? null };
}

/** HTTP tells in its own words what every field answered alike. */
const TOLD_BY_STATUS = ['UNAUTHENTICATED', 'UNAVAILABLE'] as const;

/** Yoga takes `http` out of the extensions before it writes them. */
function withHttp(result: ExecutionResult, context: OperationContext): ExecutionResult {
  const cookie = context.caller.refreshCookie?.header;
  const codes = codesOf(result);
  const told = isEmpty(result)
    ? TOLD_BY_STATUS.find(code => codes.length > 0 && codes.every(other => other === code))
    : undefined;
  if (!cookie && !told) return result;
  const http = {
    ...(told ? { status: ERROR_CODES[told].status } : {}),
    headers: {
      ...(cookie ? { 'set-cookie': cookie } : {}),
      ...(told === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {}),
      ...(told === 'UNAVAILABLE' ? { 'retry-after': '1' } : {}),
    },
  };
  return { ...result, extensions: { ...result.extensions, http } };
}
