import { GraphQLError } from 'graphql';
import { databaseFault } from '../platform/database-errors.ts';
import { DeadlineError } from '../platform/deadline.ts';
import { ApiError, ERROR_CODES, type ErrorCode } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';

const MESSAGE_MAX_LENGTH = 1_000;

/** What has been through here: an error passes several layers, and is masked and logged once. */
const masked = new WeakSet<Error>();

/**
 * Any error as the caller may see it: with a code of the closed list, and nothing that was not meant for them. What was
 * not foreseen becomes INTERNAL with the request's id, under which the log has it with its cause.
 */
export function maskError(error: unknown, logger: Logger, requestId: string | null): GraphQLError {
  if (error instanceof GraphQLError && masked.has(error)) return error;
  const visible = toVisible(error, logger, requestId);
  masked.add(visible);
  return visible;
}

function toVisible(error: unknown, logger: Logger, requestId: string | null): GraphQLError {
  const original = originalOf(error);
  if (original instanceof GraphQLError) {
    // Of the parser, the validation rules, the coercion of variables, or the HTTP layer: the caller's mistake.
    const { code } = original.extensions;
    if (original.message === 'Validation aborted.') return uncheckable();
    const known = typeof code === 'string' && code in ERROR_CODES ? code : 'BAD_REQUEST';
    return rewrite(original, shorten(original.message), { ...original.extensions, code: known });
  }
  if (original instanceof ApiError) return rewrite(error, original.message, { ...original.extensions });
  if (original instanceof DeadlineError) {
    return rewrite(
      error,
      `The operation took longer than ${original.durationMs / 1000} seconds and was given up; what it had not finished was undone.`,
      {
        code: 'TOO_COMPLEX' satisfies ErrorCode,
      },
    );
  }
  const fault = databaseFault(original);
  if (fault?.kind === 'UNAVAILABLE' || fault?.kind === 'LOCKED' || fault?.kind === 'RETRY') {
    logger.warn({ err: original, requestId }, 'the database did not answer');
    return rewrite(error, 'The database cannot be reached or is too busy: try again in a moment.', {
      code: 'UNAVAILABLE' satisfies ErrorCode,
    });
  }
  logger.error({ err: original, requestId }, 'an unforeseen error was masked');
  const where = requestId ? ` Say ${requestId} when you report it.` : '';
  return rewrite(error, `Something went wrong here.${where}`, {
    code: 'INTERNAL' satisfies ErrorCode,
    ...(requestId ? { requestId } : {}),
  });
}

/** graphql-js gives up where it would take too long to see whether fields of one name agree. */
const uncheckable = () =>
  new GraphQLError('The operation selects the same fields too often: select each once, or send fewer at once.', {
    extensions: { code: 'TOO_COMPLEX' satisfies ErrorCode, http: { status: 400 } },
  });

/** graphql-js quotes a wrong value line by line, each indented as deep as it lies: megabytes for a few kilobytes. */
const shorten = (message: string): string =>
  message.length <= MESSAGE_MAX_LENGTH ? message : `${message.slice(0, MESSAGE_MAX_LENGTH)}…`;

/** What was thrown first: graphql-js wraps it once for each layer. */
function originalOf(error: unknown): unknown {
  let original = error;
  while (original instanceof GraphQLError && original.originalError) original = original.originalError;
  return original;
}

function rewrite(error: unknown, message: string, extensions: Record<string, unknown>): GraphQLError {
  const located = error instanceof GraphQLError ? error : null;
  return new GraphQLError(message, {
    nodes: located?.nodes,
    source: located?.source,
    positions: located?.positions,
    path: located?.path,
    extensions,
  });
}
