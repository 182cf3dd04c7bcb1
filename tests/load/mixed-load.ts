import { Agent, request } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../bench/ask.ts';
import { readBody } from '../bench/http.ts';
import { CREATE, LIST } from '../bench/operations.ts';

/** What is asked in this process: reads of the first page, and a todo created after each so many of them. */
export interface MixedLoad {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly seconds: number;
  /**
   * Closed: so many ask at once, each as soon as it is answered, which finds out how much can be done. Open: so many begin
   * in each second whatever the answers take, as people do.
   */
  readonly pace: { readonly atOnce: number } | { readonly perSecond: number };
}

export interface MixedResult {
  readonly answered: number;
  readonly created: number;
  readonly seconds: number;
  /** Milliseconds, from when each was to begin. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** What went wrong, the first few of it, and how often something did. */
  readonly failures: readonly string[];
  readonly failed: number;
}

const READS_FOR_EACH_WRITE = 4;
const FAILURES_TOLD = 5;
/** A server that does not answer is not waited for. */
const PATIENCE_MS = 60_000;

const agent = new Agent({ keepAlive: true, scheduling: 'fifo' });
const [list, create] = [LIST.duely, CREATE.duely].map(body => JSON.stringify(body)) as [string, string];

/** Null where it was answered as it should; what came otherwise. */
function ask(url: string, token: string | undefined, body: string): Promise<string | null> {
  return new Promise(resolve => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const asked = request(`${url}/graphql`, { agent, method: 'POST', headers, signal }, async response => {
      const text = await readBody(response).catch(String);
      resolve(response.statusCode === 200 && !text.includes('"errors"') ? null : `${response.statusCode} ${text}`);
    });
    asked.on('error', error => {
      // The server closed it for being idle, in the moment in which it was used again: nothing had been read of it.
      const wasIdle = asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
      resolve(wasIdle ? ask(url, token, body) : String(error));
    });
    asked.end(body);
  });
}

answer<MixedLoad>(async ({ url, tokens, seconds, pace }): Promise<MixedResult> => {
  const times = createHistogram();
  const failures: string[] = [];
  let [number, created, failed] = [0, 0, 0];
  const begun = performance.now();
  const end = begun + seconds * 1_000;

  const one = async (from: number) => {
    number += 1;
    const isWrite = number % (READS_FOR_EACH_WRITE + 1) === 0;
    const failure = await ask(url, tokens[number % tokens.length], isWrite ? create : list);
    times.record(Math.max(1, Math.round((performance.now() - from) * 1_000)));
    if (failure === null) created += isWrite ? 1 : 0;
    else if (++failed <= FAILURES_TOLD) failures.push(failure.slice(0, 300));
  };

  if ('atOnce' in pace) {
    const again = async () => {
      while (performance.now() < end) await one(performance.now());
    };
    await Promise.all(Array.from({ length: pace.atOnce }, again));
  } else {
    const underWay = new Set<Promise<void>>();
    const count = Math.round(seconds * pace.perSecond);
    for (let n = 0; n < count; n += 1) {
      const due = begun + (n * 1_000) / pace.perSecond;
      const early = due - performance.now();
      if (early > 0) await sleep(early);
      const asking = one(due).finally(() => underWay.delete(asking));
      underWay.add(asking);
    }
    await Promise.all(underWay);
  }
  const [p50, p99] = [times.percentile(50), times.percentile(99)].map(micros => micros / 1_000) as [number, number];
  return {
    answered: number - failed,
    created,
    seconds: (performance.now() - begun) / 1_000,
    p50,
    p99,
    slowest: times.max / 1_000,
    failures,
    failed,
  };
});
