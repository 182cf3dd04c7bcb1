import type { IncomingMessage } from 'node:http';

/** The request's body as text; null where it has more bytes than it may, the rest of it being left unread. */
export const readBody = async (request: IncomingMessage, maxBytes: number): Promise<string | null> =>
  (await readBytes(request, maxBytes))?.toString() ?? null;

/** The same as it came; empty where the connection broke before its end. */
export function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length']) > maxBytes) return Promise.resolve(null);
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return void chunks.push(chunk);
      request.pause();
      resolve(null);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    // Before its end: there is nobody left to answer, and nothing here that went wrong.
    for (const event of ['error', 'close']) request.on(event, () => resolve(Buffer.alloc(0)));
  });
}

/** What is no object stays text, so that whoever reads it says what is wrong with it. */
export function parseBody(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}
