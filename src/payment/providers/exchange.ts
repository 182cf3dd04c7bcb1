/** Firewalls leave the default names of HTTP libraries without an answer. */
const USER_AGENT = 'Duely/1.0';
/** Answers have a kilobyte or two. */
const ANSWER_MAX_BYTES = 65_536;

/** What was answered, as text: neither its status nor its type was looked at. */
export interface Exchanged {
  readonly status: number;
  readonly text: string;
}

/**
 * Posts JSON, and follows no redirect. `timeoutMs` is for the whole exchange. Throws where there is no answer in time, a
 * broken one, or one of more than 64 KiB; of none of these anybody knows whether it was done.
 */
export const postJson = (
  url: string,
  body: string,
  timeoutMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Exchanged> =>
  exchange(url, { method: 'POST', body, headers: { 'Content-Type': 'application/json', ...headers } }, timeoutMs);

/** The same without a body. */
export const getJson = (
  url: string,
  timeoutMs: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Exchanged> => exchange(url, { method: 'GET', headers }, timeoutMs);

interface Asked {
  readonly method: 'GET' | 'POST';
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function exchange(url: string, { headers, ...asked }: Asked, timeoutMs: number): Promise<Exchanged> {
  const response = await fetch(url, {
    ...asked,
    headers: { Accept: 'application/json', 'User-Agent': USER_AGENT, ...headers },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_MAX_BYTES) throw new Error(`The answer has more than ${ANSWER_MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return { status: response.status, text: new TextDecoder().decode(Buffer.concat(chunks)) };
}
