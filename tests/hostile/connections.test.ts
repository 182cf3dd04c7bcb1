import { describe, expect, test } from 'vitest';
import { PATIENCE } from '../../src/http/server.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { openRaw, type RawConnection, statusesOf } from './raw.ts';

const BODY = '{"query":"{ __typename }"}';
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
const sound = `${HEAD}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;

const HALF_OPEN = 2_000;

const portOf = ({ url }: TestApp) => Number(new URL(url).port);

async function serves({ url }: TestApp): Promise<boolean> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  });
  return (await response.text()) === '{"data":{"__typename":"Query"}}';
}

describe('what is no HTTP, or two things at once, is refused with 400 and the end of the connection:', () => {
  test.each<[name: string, sent: string | Buffer]>([
    ['the hello of TLS', Buffer.from('16030100c8010000c40303aabbccdd', 'hex')],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    [
      'a length and chunks, which two servers may read as two requests',
      `${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n`,
    ],
    ['two lengths', `${HEAD}Content-Length: 4\r\nContent-Length: 40\r\n\r\n{}`],
    ['a length that is no number', `${HEAD}Content-Length: -1\r\n\r\n{}`],
    ['a length with a sign', `${HEAD}Content-Length: +26\r\n\r\n${BODY}`],
    ['chunks under another name', `${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['chunks that are not the last coding', `${HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['chunks of no size', `${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`],
    ['chunks of more than can be', `${HEAD}Transfer-Encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`],
    ['a space before the colon', 'GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['a header that is folded', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\tc: d\r\n\0\r\n\r\n'],
    ['lines that end in LF alone', 'GET /health HTTP/1.1\nHost: localhost\n\n'],
    ['a header with a NUL', 'GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: a\0b\r\n\r\n'],
    ['a request without a host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['bytes that are nothing', Buffer.from(Array.from({ length: 300 }, (_, n) => (n * 37) % 256))],
  ])('%s', async (_name, sent) => {
    await using app = await startApp();
    using raw = await openRaw(portOf(app));

    raw.write(sent);
    await raw.over();

    expect(statusesOf(raw)).toEqual([400]);
    expect(await serves(app)).toBe(true);
  });
});

test.each<[name: string, sent: string, status: number]>([
  ['an address of 20 KB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431],
  ['a header of 20 KB', `GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  [
    'five thousand headers',
    `GET /health HTTP/1.1\r\nHost: localhost\r\n${Array.from({ length: 5_000 }, (_, n) => `x${n}: 1\r\n`).join('')}\r\n`,
    431,
  ],
  [
    'headers behind the body without end',
    `${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(10_000)}`,
    431,
  ],
])('%s is refused with %3$i', async (_name, sent, status) => {
  await using app = await startApp();
  using raw = await openRaw(portOf(app));

  raw.write(sent);
  await raw.over();

  expect(statusesOf(raw)).toEqual([status]);
  expect(await serves(app)).toBe(true);
});

test('an expectation that is none is refused with 417', async () => {
  await using app = await startApp();
  using raw = await openRaw(portOf(app));

  raw.write(`${HEAD}Expect: the-impossible\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`);
  await raw.over();

  expect(statusesOf(raw)).toEqual([417]);
});

test('requests that are sent without waiting are answered in their order', async () => {
  await using app = await startApp();
  using raw = await openRaw(portOf(app));
  const last = sound.replace('Host', 'Connection: close\r\nHost');

  raw.write(`${sound}GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n${last}`);
  await raw.over();

  expect(statusesOf(raw)).toEqual([200, 404, 200]);
});

test('ten thousand requests that nobody reads the answers of do not pile up their answers', async () => {
  await using app = await startApp();
  using raw = await openRaw(portOf(app));
  raw.socket.pause();

  for (let n = 0; n < 10_000; n += 1) raw.write(sound);
  const meanwhile = await serves(app);
  raw.socket.resume();
  await until('each is answered', () => statusesOf(raw).length === 10_000, 60_000);

  expect(meanwhile).toBe(true);
  expect(new Set(statusesOf(raw))).toEqual(new Set([200]));
});

describe('whoever is slow', () => {
  /** The server's own patience, made short: nothing else of it is another one. */
  const HASTY = { headersTimeoutMs: 300, requestTimeoutMs: 900, checkEveryMs: 100 };

  test.each<[name: string, begin: string, goOn: string]>([
    ['says nothing at all', '', ''],
    ['sends headers one by one without end', 'GET /health HTTP/1.1\r\nHost: localhost\r\n', 'X-A: b\r\n'],
    ['sends a body byte by byte', `${HEAD}Content-Length: 100000\r\n\r\n{`, ' '],
    ['sends chunks without end', `${HEAD}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
    [
      'sends a body that nobody wants',
      'POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n{',
      ' ',
    ],
  ])('and %s is told so and cut off, and others are served meanwhile', async (_name, begin, goOn) => {
    await using app = await startApp({ patience: HASTY });
    using raw = await openRaw(portOf(app));

    raw.write(begin);
    const drip = setInterval(() => raw.write(goOn), 50);
    const meanwhile = await serves(app);
    await raw.over();
    clearInterval(drip);

    expect(statusesOf(raw).at(-1)).toBeOneOf([200, 408]);
    expect(meanwhile).toBe(true);
  });

  test('is cut off after ten seconds of headers and thirty of the request, within two', () => {
    expect(PATIENCE).toEqual({ headersTimeoutMs: 10_000, requestTimeoutMs: 30_000, checkEveryMs: 2_000 });
  });

  test('and keeps thousands of connections half open keeps nobody else out, and all of them are cut off', {
    timeout: 60_000,
  }, async () => {
    await using app = await startApp({
      patience: { headersTimeoutMs: 4_000, requestTimeoutMs: 6_000, checkEveryMs: 100 },
    });
    const open: RawConnection[] = [];
    for (let n = 0; n < HALF_OPEN / 100; n += 1)
      open.push(...(await Promise.all(Array.from({ length: 100 }, () => openRaw(portOf(app))))));
    for (const [n, raw] of open.entries())
      if (n % 2 === 0) raw.write(n % 4 === 0 ? HEAD : `${HEAD}Content-Length: 99\r\n\r\n{`);

    const meanwhile = [await serves(app), await serves(app)];
    await until('all are cut off', () => open.every(raw => raw.isOver()), 40_000);
    for (const raw of open) raw[Symbol.dispose]();

    expect(meanwhile).toEqual([true, true]);
    expect(await serves(app)).toBe(true);
  });
});

test('a client that goes away amid its body, a hundred times, leaves no error and no connection', async () => {
  await using app = await startApp();
  for (let n = 0; n < 100; n += 1) {
    using raw = await openRaw(portOf(app));
    raw.write(`${HEAD}Content-Length: 1000\r\n\r\n{"query"`);
  }

  expect(await serves(app)).toBe(true);
  expect(app.loggedErrors).toEqual([]);
});
