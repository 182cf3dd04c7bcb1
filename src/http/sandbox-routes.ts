import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SandboxAnswer } from '../payment/providers/sandbox/provider/exchange.ts';
import type { Sandbox, SandboxRoute } from '../payment/providers/sandbox/provider/sandbox.ts';
import { readBody } from './body.ts';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';

/** Forms, and what the API takes: a checkout with an address or two. */
const BODY_MAX_BYTES = 65_536;

/** The pages and the API of the make-believe provider, as this server's routes. */
export const sandboxRoutes = ({ routes }: Sandbox): [path: string, Route][] =>
  [...routes].map(([path, route]) => [path, (request, response) => serve(route, request, response)]);

async function serve(route: SandboxRoute, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET' } = request;
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    response.setHeader('Allow', 'GET, HEAD, POST');
    return sendProblem(response, 405, 'Method Not Allowed', 'The sandbox takes GET and POST.');
  }
  const body = method === 'POST' ? await readBody(request, BODY_MAX_BYTES) : '';
  if (body === null) {
    response.setHeader('Connection', 'close');
    return sendProblem(response, 413, 'Content Too Large', `Send at most ${BODY_MAX_BYTES} bytes.`);
  }
  const url = urlOf(request);
  if (!url) return sendProblem(response, 400, 'Bad Request', 'The address or the Host header cannot be read.');
  send(response, await route({ method: method === 'HEAD' ? 'GET' : method, url, headers: headersOf(request), body }));
}

function send(response: ServerResponse, answer: SandboxAnswer): void {
  // The caller's own patience ends it, or the end of this server.
  if (answer === 'NEVER') return;
  if (answer === 'BROKEN') return void response.destroy();
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': bytes.length });
  response.end(bytes);
}

function urlOf({ url = '/', headers }: IncomingMessage): URL | null {
  const base = `http://${headers.host ?? 'localhost'}`;
  // What begins with two slashes would be another host.
  return URL.canParse(base) ? URL.parse(`${base}${url.startsWith('/') ? '' : '/'}${url}`) : null;
}

const headersOf = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));
