import { Agent, request } from 'node:http';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../src/platform/errors.ts';
import { HOSTILE_KINDS, type HostileRequest, hostileRequests } from './bodies.ts';
import { type HostileServer, startHostileServer } from './hostile-server.ts';

const BODIES = Number(process.env.HOSTILE_BODIES || 10_000);
const SEED = Number(process.env.HOSTILE_SEED || 20_261_121);
const ROUND = 500;
const AT_ONCE = 16;
const GROWTH_MAX_BYTES = 24_000_000;

interface HostileAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

test(`of ${BODIES.toLocaleString('en')} hostile bodies each is refused with its reason or answered, and none harms the server`, {
  timeout: 120_000 + BODIES * 30,
}, async () => {
  await using server = await startHostileServer();
  using agent = keepAlive();
  const statuses = new Map<string, Map<number, number>>();
  const wrong: string[] = [];
  const memory: number[] = [];
  let served = 0;

  for (let done = 0; done < BODIES; done += ROUND) {
    const given = hostileRequests(SEED + done, Math.min(ROUND, BODIES - done));
    await forEachOf(given, async (one, n) => {
      const answer = await send(server, agent, one, n % 2 === 0);
      const fault = faultOf(answer);
      if (fault) wrong.push(`${fault}: seed ${SEED + done}, number ${n}, ${one.kind}: ${answer.text.slice(0, 300)}`);
      const counted = statuses.get(one.kind) ?? new Map<number, number>();
      statuses.set(one.kind, counted.set(answer.status, (counted.get(answer.status) ?? 0) + 1));
    });
    if (await server.serves()) served += 1;
    memory.push(await server.memory());
  }

  expect(wrong).toEqual([]);
  expect(served).toBe(memory.length);
  expect(server.errors()).toEqual([]);
  expect([...statuses.keys()].sort()).toEqual([...HOSTILE_KINDS].sort());
  for (const [kind, counted] of statuses)
    expect([...counted.keys()].some(isRefusal), `${kind} that was refused`).toBe(true);
  // The first half fills what is kept of documents and statements.
  expect((memory.at(-1) ?? 0) - (memory[memory.length >> 1] ?? 0)).toBeLessThan(GROWTH_MAX_BYTES);
});

const isRefusal = (status: number) => status >= 400;

/** Null where it is an answer as the contract has it. */
function faultOf({ status, type, text }: HostileAnswer): string | null {
  if (status >= 500) return `status ${status}`;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'no JSON';
  }
  if (type.startsWith('application/problem+json'))
    return status >= 400 && typeof (body as { detail?: unknown }).detail === 'string'
      ? null
      : 'a problem without words';
  const results = Array.isArray(body) ? body : [body];
  for (const result of results as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] }[]) {
    if (!result.errors) {
      if (result.data === undefined) return 'neither data nor errors';
      continue;
    }
    for (const { message, extensions } of result.errors) {
      if (!(extensions?.code in ERROR_CODES)) return 'a code that is none';
      if (extensions.code === 'INTERNAL' || extensions.code === 'UNAVAILABLE') return extensions.code;
      if (!message || message.length > 1_100) return 'a message that says nothing, or too much';
    }
  }
  return status >= 400 && !results.some(({ errors }) => errors) ? 'no reason' : null;
}

async function forEachOf<Value>(
  values: readonly Value[],
  run: (value: Value, n: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let n = next++; n < values.length; n = next++) {
      const value = values[n];
      if (value !== undefined) await run(value, n);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function keepAlive() {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  return Object.assign(agent, { [Symbol.dispose]: () => agent.destroy() });
}

function send(server: HostileServer, agent: Agent, one: HostileRequest, signedIn: boolean): Promise<HostileAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...one.headers,
      'content-length': String(one.body.length),
      ...(signedIn ? { authorization: `Bearer ${server.person.accessToken}` } : {}),
    };
    let answered = false;
    const sent = request(`${server.url}/graphql`, { method: 'POST', agent, headers }, response => {
      answered = true;
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    // What is too long is answered before it is read, so that sending the rest of it may fail.
    sent.on('error', error => void (answered || reject(error)));
    sent.end(one.body);
  });
}
