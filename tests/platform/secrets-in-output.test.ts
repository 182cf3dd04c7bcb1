import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { findSecretsInOutputs } from '../support/server-output.ts';
import { createDataFolder, runServer } from '../support/server-process.ts';

const SCRIPT = fileURLToPath(new URL('talkative.ts', import.meta.url));

/** What is found where a server prints this, together with its own settings. */
async function foundIn(says: string, settings: Record<string, string> = {}): Promise<string[]> {
  await using folder = await createDataFolder();
  const run = runServer(folder, { SAYS: says, ...settings }, SCRIPT);
  await run.exited;
  return findSecretsInOutputs();
}

test('a server that prints a secret of its settings is found out', async () => {
  const settings = { JWT_SECRETS: 'newer-secret, older-secret', REDIS_URL: 'redis://:red-password@127.0.0.1' };

  const found = await foundIn('nothing', settings);

  expect(found).toEqual([
    '<JWT_SECRETS>, older-secret redis://:red-password@127.0.0.1',
    'newer-secret, <JWT_SECRETS> redis://:red-password@127.0.0.1',
    'newer-secret, older-secret redis://:<REDIS_URL>@127.0.0.1',
  ]);
});

test('a server that prints what looks like a token is found out, though no test knows it', async () => {
  const tokens = [`eyJhbGciOiJI.eyJzdWIiOiJ1.${'k'.repeat(43)}`, `drt.01890a5dac96774bbcceb302099a8057.1.k`];

  const found = [await foundIn(`for ${tokens[0]}, as it was`), await foundIn(`for ${tokens[1]} as it was`)];

  expect(found).toEqual([['for <token>, as it was'], ['for <token> as it was']]);
});

test('a server that prints what a test sent or was answered by fetch is found out', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('Set-Cookie', 'session=cookie-of-an-answer; Path=/');
    response.setHeader('Content-Type', 'application/json');
    response.end('{"data":{"logIn":{"refreshToken":"token-of-an-answer"}}}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    method: 'POST',
    headers: { authorization: 'Bearer token-of-a-header' },
    body: JSON.stringify({
      query: 'mutation { a: logIn(input: { login: "ada", password: "password-of-a-query" }) { accessToken } }',
      variables: { input: { newPassword: 'password-of-a-variable' } },
    }),
  });
  await response.text();
  server.close();

  const found = [
    await foundIn('1 token-of-a-header'),
    await foundIn('2 password-of-a-query'),
    await foundIn('3 password-of-a-variable'),
    await foundIn('4 token-of-an-answer'),
    await foundIn('5 cookie-of-an-answer'),
    await foundIn('6 ada'),
  ];

  expect(found.flat()).toEqual([
    '1 <authorization>',
    '2 <password>',
    '3 <newPassword>',
    '4 <refreshToken>',
    '5 <cookie>',
  ]);
});

test.for([
  ['ws', (url: string) => new WebSocket(url)],
  ['Node', (url: string) => new globalThis.WebSocket(url)],
] as const)('a server that prints what a test sent over a socket of %s is found out', async ([name, open]) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const socket = open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await new Promise(resolve => {
    socket.onopen = resolve;
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer token-by-${name}` } }));
  socket.close();
  server.close();

  const found = await foundIn(`it says token-by-${name}`);

  expect(found).toEqual(['it says <authorization>']);
});
