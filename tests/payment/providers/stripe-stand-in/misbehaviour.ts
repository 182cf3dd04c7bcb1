import type { ServerResponse } from 'node:http';
import type { ApiAnswer } from './api-answer.ts';
import type { ApiFaultPlan } from './faults.ts';

const PAGE = '<!doctype html><title>Request Rejected</title><h1>Request Rejected</h1>';

/** Answers as no API should. */
export function sendMisbehaving(
  response: ServerResponse,
  how: Exclude<ApiFaultPlan['how'], 'FAIL' | 'HOLD'>,
  answer: ApiAnswer | null,
): void {
  const json = { 'Content-Type': 'application/json' };
  switch (how) {
    case 'HTML':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE);
      return;
    case 'GARBAGE':
      response.writeHead(200, json).end('{"object":"maintenance","data":null}');
      return;
    case 'DROP':
      response.destroy();
      return;
    case 'TRUNCATE': {
      const body = JSON.stringify(answer?.body ?? {});
      response.writeHead(200, { ...json, 'Content-Length': body.length + 100 });
      response.write(body.slice(0, -10), () => response.destroy());
      return;
    }
    case 'HANG':
      return;
    case 'REDIRECT':
      response.writeHead(307, { Location: '/elsewhere' }).end();
      return;
    case 'HUGE':
      // A good answer, if anybody reads so far.
      response.writeHead(200, json).end(' '.repeat(16 * 1024 * 1024) + JSON.stringify(answer?.body ?? {}));
  }
}
