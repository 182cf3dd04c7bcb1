import type { z } from 'zod';
import { type Exchanged, getJson, postJson } from '../exchange.ts';
import { RefusedError, UnknownOutcomeError } from '../provider.ts';

export interface SandboxClientOptions {
  /** Where the sandbox is, without a slash at the end; known once the server listens. */
  readonly baseUrl: () => string;
  readonly apiKey: string;
  /** For each call, in milliseconds. Default: 5,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;

/** The sandbox certainly did not do it, and says why: something about this very payment or refund. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export interface SandboxClient {
  get<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>>;
  /** `key`: asked for again with the same one, it is done once. */
  post<Schema extends z.ZodType>(schema: Schema, path: string, body: object, key?: string): Promise<z.output<Schema>>;
}

/** Throws DeclinedError, RefusedError or UnknownOutcomeError where there is no answer of the schema. */
export function sandboxClient({ baseUrl, apiKey, timeoutMs = TIMEOUT_MS }: SandboxClientOptions): SandboxClient {
  const headers = { Authorization: `Bearer ${apiKey}` };
  return {
    get: (schema, path) => understood(schema, () => getJson(`${baseUrl()}/sandbox/api${path}`, timeoutMs, headers)),
    post: (schema, path, body, key) =>
      understood(schema, () =>
        postJson(`${baseUrl()}/sandbox/api${path}`, JSON.stringify(body), timeoutMs, {
          ...headers,
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        }),
      ),
  };
}

async function understood<Schema extends z.ZodType>(
  schema: Schema,
  exchange: () => Promise<Exchanged>,
): Promise<z.output<Schema>> {
  const { status, text } = await exchange().catch((error: unknown) => {
    throw new UnknownOutcomeError('The sandbox did not answer.', { cause: error });
  });
  const body = parsed(text);
  if (status >= 200 && status < 300) {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    throw new UnknownOutcomeError(`The sandbox answered ${status} with something that it never says.`);
  }
  const { code, detail } = problemOf(body);
  if (code === null || status >= 500) throw new UnknownOutcomeError(`The sandbox answered ${status}.`);
  if (status === 422) throw new DeclinedError(code, detail);
  throw new RefusedError(`The sandbox refuses: ${detail}`, code);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problemOf(body: unknown): { code: string | null; detail: string } {
  if (typeof body !== 'object' || body === null) return { code: null, detail: '' };
  const code = 'code' in body && typeof body.code === 'string' ? body.code : null;
  const detail = 'detail' in body && typeof body.detail === 'string' ? body.detail : '';
  return { code, detail };
}
