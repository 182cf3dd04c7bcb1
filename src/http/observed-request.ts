import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Observation } from '../platform/observation.ts';
import { RequestWork, within } from '../platform/work.ts';

/** The paths that are not served are the callers' inventions. */
const PATH_MAX_LENGTH = 200;

/** Runs the answer to a request as a piece of work, which ends with the response. */
export function observeRequest(
  observation: Observation,
  { request, response, requestId }: { request: IncomingMessage; response: ServerResponse; requestId: string },
  run: (work: RequestWork) => void,
): void {
  const path = pathOf(request).slice(0, PATH_MAX_LENGTH);
  const work = new RequestWork({ requestId, method: request.method ?? 'GET', path, headers: request.headers });
  observation.began(work);
  response.once('close', () => {
    work.status = response.headersSent ? response.statusCode : null;
    observation.ended(work);
  });
  within(work, () => run(work));
}

/** Without the query, which may have anything in it. */
export const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/';
