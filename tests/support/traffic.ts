import { afterAll, afterEach, expect } from 'vitest';
import { WebSocket as WsSocket } from 'ws';
import { knownSecrets } from './secrets.ts';
import { findSecretsInOutputs } from './server-output.ts';

// Runs before each file of tests: notes the secrets in whatever the tests send and are answered, so that none of them has
// to think of it, and looks for those in what the servers printed that they have started.

const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  noteHeaders(new Headers(init?.headers ?? (input instanceof Request ? input.headers : {})));
  if (typeof init?.body === 'string') noteJson(init.body);
  const response = await send(input, init);
  noteHeaders(response.headers);
  if (/\bjson\b/.test(response.headers.get('content-type') ?? '')) {
    // The test need not read it; and where it breaks off, the test is told by its own.
    response
      .clone()
      .text()
      .then(noteJson, () => {});
  }
  return response;
};

for (const { prototype } of [WsSocket, globalThis.WebSocket]) {
  const { send: plain } = prototype;
  Object.assign(prototype, {
    send(this: unknown, data: unknown, ...rest: unknown[]) {
      if (typeof data === 'string') noteJson(data);
      Reflect.apply(plain, this, [data, ...rest]);
    },
  });
}

function noteHeaders(headers: Headers): void {
  knownSecrets.addFrom({ authorization: headers.get('authorization') ?? '' });
  for (const cookie of [headers.get('cookie') ?? '', ...headers.getSetCookie()]) {
    for (const pair of cookie.split(';')) knownSecrets.add('cookie', pair.slice(pair.indexOf('=') + 1));
  }
}

function noteJson(text: string): void {
  // What has no such word in it holds nothing of the kind.
  if (!/password|token|secret|authorization/i.test(text)) return;
  try {
    knownSecrets.addFrom(JSON.parse(text));
  } catch {
    // A test sends what is malformed, too.
  }
}

const expectNoSecrets = () => expect(findSecretsInOutputs(), 'lines of a server with a secret').toEqual([]);
afterEach(expectNoSecrets);
afterAll(expectNoSecrets);
