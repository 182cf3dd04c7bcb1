import type { IncomingMessage, ServerResponse } from 'node:http';

/** What answers the requests of a path. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
