import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Services } from '../graphql/context.ts';
import type { Config } from '../platform/config.ts';
import type { Limit } from '../platform/rate-limits/rate-limited.ts';
import { ImportFileError } from '../todo/todo-import.records.ts';
import { IMPORT_MAX_BYTES, IMPORT_TYPES, type ImportType, importFile } from '../todo/todo-import.ts';
import { readBytes } from './body.ts';
import { ConnectionLimit } from './connection-limits.ts';
import { sendError } from './errors.ts';
import { sendProblem } from './problem.ts';
import { countRequest, isMethod, requireViewer, takePlace } from './viewer-route.ts';

const LIMIT: Limit = { name: 'import/viewer/3600s', max: 30, windowSeconds: 3_600 };
/** Files are held in memory while they are read. */
const AT_ONCE = 3;

export interface ImportRouteOptions {
  readonly services: Services;
  readonly config: Pick<Config, 'trustProxy'>;
}

/**
 * POST /import: adds the todos of a file to the viewer's. Answers with how many were added and were there already, and names
 * what was refused; 422 where that is why nothing was added.
 */
export function createImportRoute({ services, config }: ImportRouteOptions) {
  const places = { perViewer: new ConnectionLimit(2), inAll: new ConnectionLimit(AT_ONCE) };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isMethod(request, response, 'POST')) return;
    const type = readType(request, response);
    const skipInvalid = type && readSkipInvalid(request, response);
    if (!type || skipInvalid === null) return;
    try {
      const { viewer, device } = await requireViewer(request, services, config.trustProxy);
      await countRequest(LIMIT, viewer, services);
      if (!takePlace(response, viewer, places)) return;
      const bytes = await readBytes(request, IMPORT_MAX_BYTES);
      if (bytes === null) return sendTooLarge(response);
      // The client left in the middle of the file.
      if (!request.complete) return;
      const { database, transact, security, todoLimits: limits, clock } = services;
      const who = { ownerId: viewer.userId, by: { device } };
      const parts = { database, transact, security, limits, now: clock() };
      const result = await importFile(bytes, type, { ...parts, ...who, skipInvalid });
      if (result.refused.length > 0 && !skipInvalid) return sendRefused(response, result.refused);
      response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
      response.end(JSON.stringify(result));
    } catch (error) {
      if (error instanceof ImportFileError) sendProblem(response, 400, 'Bad Request', error.message);
      else sendError(request, response, error, services);
    }
  };
}

/** Null where it is another one, which it has told the client. */
function readType(request: IncomingMessage, response: ServerResponse): ImportType | null {
  const [name = '', ...parameters] = (request.headers['content-type'] ?? '')
    .split(';')
    .map(part => part.trim().toLowerCase());
  const charset = parameters
    .find(one => one.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  const encoding = request.headers['content-encoding'] ?? 'identity';
  const type = IMPORT_TYPES.find(one => one === name);
  if (type && (charset ?? 'utf-8') === 'utf-8' && encoding === 'identity') return type;
  sendProblem(
    response,
    415,
    'Unsupported Media Type',
    `Send the file as it is, in UTF-8, with Content-Type: ${IMPORT_TYPES.join(' or ')}.`,
  );
  return null;
}

/** Null where it is neither, which it has told the client. */
function readSkipInvalid(request: IncomingMessage, response: ServerResponse): boolean | null {
  const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('skipInvalid');
  if (asked === null || asked === 'false') return false;
  if (asked === 'true') return true;
  sendProblem(response, 400, 'Bad Request', 'skipInvalid has to be true or false.');
  return null;
}

function sendTooLarge(response: ServerResponse): void {
  // The rest of the file is on its way and nobody reads it.
  response.setHeader('Connection', 'close');
  const megabytes = IMPORT_MAX_BYTES / 1_024 / 1_024;
  sendProblem(response, 413, 'Content Too Large', `A file has at most ${megabytes} MB: import it in parts.`);
}

function sendRefused(response: ServerResponse, refused: readonly object[]): void {
  const detail =
    'Nothing was imported, because of what stands under "refused": put it right, or take the others with ?skipInvalid=true.';
  sendProblem(response, 422, 'Unprocessable Content', detail, { refused });
}
