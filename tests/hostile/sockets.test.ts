import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Person } from '../support/app.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { closed, initFor, openWire, signedIn } from '../support/wire.ts';
import { startHostileServer } from './hostile-server.ts';
import { openRaw, type RawConnection } from './raw.ts';

const UPGRADE =
  'GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n';
const FOLLOW = 'subscription { todoChanged { todo { title } } }';

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9 } as const;

/** A frame of a client (RFC 6455, section 5.2). */
function frame(opcode: number, payload: Buffer | string, { last = true, reserved = 0 } = {}): Buffer {
  const body = Buffer.from(payload);
  const mask = randomBytes(4);
  const first = (last ? 0x80 : 0) | (reserved << 4) | opcode;
  const head = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10);
  head[0] = first;
  if (body.length < 126) head[1] = 0x80 | body.length;
  else if (body.length < 65_536) head.writeUInt16BE(body.length, 2);
  else head.writeBigUInt64BE(BigInt(body.length), 2);
  if (body.length >= 126) head[1] = 0x80 | (body.length < 65_536 ? 126 : 127);
  return Buffer.concat([head, mask, body.map((byte, n) => byte ^ (mask[n % 4] ?? 0))]);
}

const say = (message: unknown) => frame(OPCODE.text, JSON.stringify(message));

async function upgraded(server: Pick<TestApp, 'url'>, more = ''): Promise<RawConnection> {
  const raw = await openRaw(Number(new URL(server.url).port));
  raw.write(`${UPGRADE}${more}\r\n`);
  await until('the upgrade is answered', () => raw.received().includes('\r\n\r\n'));
  return raw;
}

/** The code of the close frame that came; null where none did. */
function closeCode(raw: RawConnection): number | null {
  const [, ...frames] = raw.received().split('\r\n\r\n');
  const bytes = Buffer.from(frames.join('\r\n\r\n'), 'latin1');
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = bytes[at + 1] ?? 0;
    const size =
      length < 126 ? length : length === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + (length < 126 ? 2 : length === 126 ? 4 : 10);
    if (bytes[at] === (0x80 | OPCODE.close)) return bytes.readUInt16BE(start);
    at = start + size;
  }
  return null;
}

describe('frames that no client may send close the socket with the code of their fault:', () => {
  test.each<[name: string, frames: Buffer[], code: number]>([
    ['a continuation of nothing', [frame(OPCODE.continuation, 'x')], 1002],
    ['a text amid the parts of another', [frame(OPCODE.text, '{', { last: false }), frame(OPCODE.text, '}')], 1002],
    ['a ping in parts', [frame(OPCODE.ping, 'x', { last: false })], 1002],
    ['a ping of 126 bytes', [frame(OPCODE.ping, 'x'.repeat(126))], 1002],
    ['a reserved bit', [frame(OPCODE.text, '{}', { reserved: 1 })], 1002],
    ['compression, which was not agreed on', [frame(OPCODE.text, randomBytes(50), { reserved: 4 })], 1002],
    ['a reserved kind', [frame(11, '')], 1002],
    ['a close of one byte', [frame(OPCODE.close, 'x')], 1002],
    ['a close with a code that is none', [frame(OPCODE.close, Buffer.from([0x03, 0xed]))], 1002],
    ['a length beyond all numbers', [Buffer.from('81ffffffffffffffffff00000000', 'hex')], 1009],
    ['a message of over a million bytes', [frame(OPCODE.text, 'x'.repeat(1_000_001))], 1009],
    [
      'parts of over a million bytes together, without end',
      Array.from({ length: 25 }, (_, n) =>
        frame(n === 0 ? OPCODE.text : OPCODE.continuation, 'x'.repeat(50_000), { last: false }),
      ),
      1009,
    ],
    ['text that is no UTF-8', [frame(OPCODE.text, Buffer.from([0xc3, 0x28]))], 1007],
    ['bytes that are no JSON', [frame(OPCODE.binary, Buffer.from([1, 2, 3]))], 4400],
    ['JSON that is no message', [say([1])], 4400],
    ['a message of an unknown type', [say({ type: 'start', id: '1' })], 4400],
    ['an operation without an id', [say({ type: 'subscribe', payload: { query: '{ __typename }' } })], 4400],
    [
      'an operation before connection_init',
      [say({ type: 'subscribe', id: '1', payload: { query: '{ __typename }' } })],
      4401,
    ],
    ['a connection_init without a token', [say({ type: 'connection_init' })], 4403],
  ])('%s', async (_name, frames, code) => {
    await using app = await startApp();
    using raw = await upgraded(app);

    for (const one of frames) raw.write(one);
    await until('a close frame came', () => closeCode(raw) !== null || raw.isOver());

    expect(closeCode(raw)).toBe(code);
    await raw.over();
  });
});

test('an upgrade that is none is refused', async () => {
  await using app = await startApp();
  const port = Number(new URL(app.url).port);
  const changed: [string, string][] = [
    ['Version: 13', 'Version: 7'],
    ['dGhlIHNhbXBsZSBub25jZQ==', 'short'],
    ['Upgrade: websocket', 'Upgrade: h2c'],
    ['GET ', 'POST '],
  ];

  const statuses: string[] = [];
  for (const [from, to] of changed) {
    using raw = await openRaw(port);
    raw.write(`${UPGRADE.replace(from, to)}\r\n`);
    await until('it is answered', () => raw.received().includes('\r\n\r\n'));
    statuses.push(raw.received().slice(9, 12));
  }

  expect(statuses).toEqual(['400', '400', expect.stringMatching(/^4\d\d$/), expect.stringMatching(/^4\d\d$/)]);
});

test('compression is not agreed to, so that no small message can become a large one', async () => {
  await using app = await startApp();
  using raw = await upgraded(app, 'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n');

  expect(raw.received()).toMatch(/^HTTP\/1\.1 101 /);
  expect(raw.received().toLowerCase()).not.toContain('sec-websocket-extensions');
});

test('whoever says nothing, or nothing but pings, after the upgrade is closed with 4408 and leaves its place', {
  timeout: 40_000,
}, async () => {
  await using app = await startApp({ settings: { SOCKETS_PER_ADDRESS: '2' } });
  using silent = await upgraded(app);
  using pinging = await upgraded(app);
  const drip = setInterval(() => {
    pinging.write(frame(OPCODE.ping, 'x'));
    pinging.write(say({ type: 'ping' }));
  }, 100);

  await until('both are closed', () => [silent, pinging].every(raw => closeCode(raw) === 4408), 30_000);
  clearInterval(drip);
  await until('their places are free', async () => {
    await using next = await openWire(app.url);
    next.send(initFor(await person(app)));
    await until('it is answered or closed', () => next.messages.length > 0 || next.closedWith() !== null);
    return next.messages[0]?.type === 'connection_ack';
  });
});

const people = new WeakMap<TestApp, Promise<Person>>();
function person(app: TestApp): Promise<Person> {
  const known = people.get(app) ?? app.createUser();
  people.set(app, known);
  return known;
}

test('a flood of subscriptions is closed with 4429, and none of them goes on', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using wire = await signedIn(app, ada);

  for (let n = 0; n < 10_000; n += 1) wire.send({ type: 'subscribe', id: String(n), payload: { query: FOLLOW } });
  await closed(wire);
  await until('none is left', () => app.app.services.feed.followerCount === 0);

  expect(wire.closedWith()?.code).toBe(4429);
});

test('operations that are refused, one after another without end, are each told why and keep nothing', async () => {
  await using app = await startApp();
  await using wire = await signedIn(app, await app.createUser());
  const bad = ['{', '{ nothing }', '', 'subscription { changes }', 'query A { __typename } query B { __typename }'];

  const answered = () => wire.messages.filter(({ type }) => type === 'error').length;
  for (let n = 0; n < 2_000; n += 1) {
    wire.send({ type: 'subscribe', id: String(n), payload: { query: bad[n % bad.length] } });
    // As many at once as a socket may have.
    if (n % 50 === 49) await until('each is answered', () => answered() === n + 1);
  }

  expect(wire.closedWith()).toBeNull();
  expect(app.app.services.feed.followerCount).toBe(0);
});

describe('on a server of its own', () => {
  test.each<[name: string, message: () => Buffer]>([
    ['pings', () => frame(OPCODE.ping, 'x'.repeat(125))],
    ['pings of the protocol', () => say({ type: 'ping', payload: { filler: 'x'.repeat(400) } })],
  ])(
    'a flood of %s whose answers nobody reads is not read on, and costs no memory',
    { timeout: 120_000 },
    async (_name, message) => {
      await using server = await startHostileServer();
      using raw = await upgraded(server);
      raw.write(say(initFor(server.person)));
      await until('it is signed in', () => raw.received().includes('connection_ack'));
      const before = await server.memory();
      const flood = Buffer.concat(Array.from({ length: 1_000 }, message));

      raw.socket.pause();
      const untaken = await fill(raw, flood, 60_000_000);
      const after = await server.memory();

      // Where all of it was taken, its answers would be in the server's memory.
      expect(untaken).toBe(true);
      expect(after - before).toBeLessThan(20_000_000);
      expect(await server.serves()).toBe(true);
      expect(server.errors()).toEqual([]);
    },
  );
});

/** Writes until so many bytes are written, or the other side takes no more: then it answers true. */
async function fill(raw: RawConnection, data: Buffer, bytes: number): Promise<boolean> {
  for (let written = 0; written < bytes; written += data.length) {
    raw.write(data);
    const taken = await until('it is taken', () => raw.socket.writableLength === 0, 3_000).then(
      () => true,
      () => false,
    );
    if (!taken) return true;
  }
  return false;
}
