import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './ask.ts';
import { readBody } from './http.ts';
import { CREATE, isCreated } from './operations.ts';

/** So many todos, each created at its own moment whether those before it are answered or not, by each token's owner in turn. */
export interface Writing {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly count: number;
  readonly perSecond: number;
}

export interface Written {
  /** From the first request to the last answer. */
  readonly seconds: number;
  /** Milliseconds that each answer took. */
  readonly times: number[];
}

/** All connections in turn, so that none is idle for as long as the server closes it and meets the next request on its way. */
const agent = new Agent({ keepAlive: true, scheduling: 'fifo' });
const body = JSON.stringify(CREATE.duely);

function create(url: string, token: string | undefined): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const asked = request(`${url}/graphql`, { agent, method: 'POST', headers }, async response => {
      try {
        isCreated(JSON.parse(await readBody(response)));
        resolve(performance.now() - begun);
      } catch (error) {
        reject(error);
      }
    });
    asked.on('error', reject).end(body);
  });
}

answer<Writing>(async ({ url, tokens, count, perSecond }): Promise<Written> => {
  const begun = performance.now();
  const answers: Promise<number>[] = [];
  for (let n = 0; n < count; n += 1) {
    const early = begun + (n * 1000) / perSecond - performance.now();
    if (early > 0) await sleep(early);
    answers.push(create(url, tokens[n % tokens.length]));
  }
  const times = await Promise.all(answers);
  return { seconds: (performance.now() - begun) / 1000, times };
});
