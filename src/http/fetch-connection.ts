import { type IncomingMessage, request as sendRequest } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { MemoryConnection } from './memory-connection.ts';

/** Of one connection, which goes no further than this process (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Nobody here waits for a 100 Continue.
  'expect',
]);
const NO_BODY_STATUSES = new Set([204, 205, 304]);

/**
 * Has a server of node:http answer a Request, over a connection in memory: what is true of a request by the network is true
 * of this one, its limits and its end included. The answer begins to stream when its head is there. An aborted request, or
 * an answer that is no longer read, ends the connection; rejects where there is no answer, with the signal's reason where
 * that is why. `clientAddress` is what the server sees at the other end.
 */
export async function answerByConnection(
  request: Request,
  accept: (connection: Duplex) => void,
  clientAddress: string | null,
): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  const [near, far] = MemoryConnection.pair(clientAddress ?? undefined);
  const abort = () => near.destroy();
  signal.addEventListener('abort', abort, { once: true });
  near.once('close', () => signal.removeEventListener('abort', abort));
  accept(far);
  try {
    return toResponse(await exchange(request, near), request.method, near);
  } catch (error) {
    near.destroy();
    signal.throwIfAborted();
    throw error;
  }
}

function exchange(request: Request, connection: Duplex): Promise<IncomingMessage> {
  const { method } = request;
  const url = new URL(request.url);
  const headers: Record<string, string> = { host: url.host };
  for (const [name, value] of request.headers) if (!HOP_BY_HOP.has(name)) headers[name] = value;
  return new Promise((resolve, reject) => {
    const sent = sendRequest({ method, path: url.pathname + url.search, headers, createConnection: () => connection });
    sent.on('response', resolve);
    // After the answer nobody waits for it: a body that was too large is not read to its end.
    sent.on('error', reject);
    if (!request.body) return void sent.end();
    // The global type and Node's own are one thing with two names.
    pipeline(Readable.fromWeb(request.body as ReadableStream), sent).catch(reject);
  });
}

function toResponse(answer: IncomingMessage, method: string, connection: Duplex): Response {
  const { statusCode: status = 500, statusMessage: statusText = '', rawHeaders } = answer;
  const headers = new Headers();
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const [name = '', value = ''] = rawHeaders.slice(n, n + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.append(name, value);
  }
  answer.once('close', () => connection.destroy());
  if (method === 'HEAD' || NO_BODY_STATUSES.has(status)) {
    answer.resume();
    return new Response(null, { status, statusText, headers });
  }
  return new Response(Readable.toWeb(answer) as BodyInit, { status, statusText, headers });
}
