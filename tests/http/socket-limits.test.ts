import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Heartbeat } from '../../src/http/websocket/heartbeat.ts';
import { startApp } from '../support/app.ts';
import type { TestDatabase } from '../support/database.ts';
import { holdLock } from '../support/lock.ts';
import { until } from '../support/wait.ts';
import { closed, openWire, signedIn, type Wire } from '../support/wire.ts';

const FOLLOW = 'subscription { todoChanged { todo { title } } }';
const subscribe = (wire: Wire, id: string) => wire.send({ type: 'subscribe', id, payload: { query: FOLLOW } });

describe('connections', () => {
  test('of one person beyond the limit are closed with 1013; one that ends makes place for another', async () => {
    await using app = await startApp({ settings: { SOCKETS_PER_VIEWER: '2' } });
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    await using first = await signedIn(app, ada);
    await using _second = await signedIn(app, ada);
    await using _other = await signedIn(app, eve);

    await using third = await openWire(app.url);
    third.send({ type: 'connection_init', payload: { authorization: `Bearer ${ada.accessToken}` } });
    await closed(third);
    await first[Symbol.asyncDispose]();
    await using fourth = await signedIn(app, ada);

    expect(third.closedWith()).toEqual({ code: 1013, reason: expect.stringContaining('2 connections') });
    expect(third.messages).toEqual([]);
    expect(fourth.closedWith()).toBeNull();
  });

  test('of one address beyond the limit are closed with 1013, also before they sign in', async () => {
    await using app = await startApp({ settings: { SOCKETS_PER_ADDRESS: '2' } });
    await using first = await openWire(app.url);
    await using _second = await openWire(app.url);

    await using third = await openWire(app.url);
    await closed(third);
    await first[Symbol.asyncDispose]();
    await using fourth = await signedIn(app, await app.createUser());

    expect(third.closedWith()).toEqual({ code: 1013, reason: expect.stringContaining('2 connections') });
    expect(fourth.closedWith()).toBeNull();
  });

  test('behind a proxy are counted by the address that the proxy saw', async () => {
    await using app = await startApp({ settings: { SOCKETS_PER_ADDRESS: '1', TRUST_PROXY: '1' } });
    const from = (address: string) => openWire(app.url, { headers: { 'x-forwarded-for': address } });
    await using _one = await from('192.0.2.1');
    await using two = await from('192.0.2.2');

    await using again = await from('203.0.113.9, 192.0.2.1');
    await closed(again);

    expect(again.closedWith()?.code).toBe(1013);
    expect(two.closedWith()).toBeNull();
  });
});

test('more operations at once than a socket may have close it with 4429; as many as it may have, or one after another, do not', async () => {
  await using app = await startApp({ settings: { SOCKET_OPERATIONS: '2' } });
  const ada = await app.createUser();
  await using wire = await signedIn(app, ada);
  await using other = await signedIn(app, ada);
  for (const id of ['a', 'b']) subscribe(other, id);
  await until('both follow', () => app.app.services.feed.followerCount === 2);
  other.send({ type: 'complete', id: 'a' });
  await until('one has stopped', () => app.app.services.feed.followerCount === 1);
  subscribe(other, 'c');
  await until('the next one follows', () => app.app.services.feed.followerCount === 2);

  for (const id of ['a', 'b', 'c']) subscribe(wire, id);
  await closed(wire);

  expect(wire.closedWith()).toEqual({ code: 4429, reason: expect.stringContaining('2 operations') });
  expect(other.closedWith()).toBeNull();
  await until('its own are over', () => app.app.services.feed.followerCount === 2);
});

test('4400 after a message that only servers send', async () => {
  await using app = await startApp();
  await using wire = await signedIn(app, await app.createUser());

  wire.send({ type: 'next', id: '1', payload: { data: null } });
  await closed(wire);

  expect(wire.closedWith()?.code).toBe(4400);
});

describe('frames that are none', () => {
  test.each([
    ['of a reserved kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ['that are not masked', Buffer.from([0x81, 0x02, 0x68, 0x69]), 1002],
    ['whose text is no UTF-8', Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0xc3, 0x28]), 1007],
  ])('%s close the socket and leave the server and other sockets alone', async (_what, frame, code) => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using other = await signedIn(app, ada);
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, ['graphql-transport-ws']);
    let stream: Socket | undefined;
    socket.once('upgrade', response => {
      stream = response.socket;
    });
    await once(socket, 'open');
    const gone = once(socket, 'close');

    stream?.write(frame);
    const [closedWith] = await gone;
    other.send({ type: 'ping' });
    await until('the other one is answered', () => other.messages.some(({ type }) => type === 'pong'));

    expect(closedWith).toBe(code);
  });
});

describe('a server that stops', () => {
  test('closes its sockets one by one, and serves those that are still open meanwhile', async () => {
    await using app = await startApp({ settings: { SOCKET_CLOSE_SPREAD_MS: '1500' } });
    const ada = await app.createUser();
    const wires: Wire[] = [];
    for (let n = 0; n < 12; n += 1) wires.push(await signedIn(app, ada));
    const open = () => wires.filter(wire => wire.closedWith() === null);

    const stopped = app.app.close();
    await until('the first ones are closed', () => open().length < wires.length);
    const [late] = open();
    late?.send({ type: 'ping' });
    await until(
      'one that is open is answered, or closed',
      () => late?.messages.at(-1)?.type === 'pong' || late?.closedWith() !== null,
    );
    const atOnce = open().length;
    await stopped;

    expect(atOnce).toBeGreaterThan(0);
    expect(wires.map(wire => wire.closedWith()?.code)).toEqual(wires.map(() => 1012));
  });

  test('takes no new sockets meanwhile', async () => {
    await using app = await startApp({ settings: { SOCKET_CLOSE_SPREAD_MS: '1500' } });
    const ada = await app.createUser();
    const wires = await Promise.all(Array.from({ length: 8 }, () => signedIn(app, ada)));

    const stopped = app.app.close();
    const refused = await openWire(app.url).then(
      () => false,
      () => true,
    );
    await stopped;

    expect(refused).toBe(true);
    expect(wires.every(wire => wire.closedWith()?.code === 1012)).toBe(true);
  });
});

describe('a server that stops while a socket waits for an answer', () => {
  test('gives the answer before it closes the socket, and takes no more from it', async () => {
    await using app = await startApp();
    const ada = await app.createUser();
    await using wire = await signedIn(app, ada);
    await using lock = await holdLock(app.database, 'lock table todos in exclusive mode');
    const query = 'mutation { createTodo(input: { title: "in time" }) { todo { title } } }';
    wire.send({ type: 'subscribe', id: 'create', payload: { query } });
    await until('it waits for the lock', () => isWaiting(app.database));

    const stopped = app.app.close();
    const early = wire.closedWith();
    await lock.release();
    await stopped;

    expect(early).toBeNull();
    expect(wire.messages.find(({ type }) => type === 'next')).toMatchObject({
      id: 'create',
      payload: { data: { createTodo: { todo: { title: 'in time' } } } },
    });
    expect(wire.closedWith()?.code).toBe(1012);
  });
});

async function isWaiting(database: TestDatabase): Promise<boolean> {
  const rows = await database.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

describe('a peer', () => {
  async function pair() {
    const server = createServer();
    const sockets = new WebSocketServer({ server });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const [[socket]] = await Promise.all([once(sockets, 'connection'), once(client, 'open')]);
    return {
      client,
      socket: socket as WebSocket,
      [Symbol.dispose]() {
        client.terminate();
        server.close();
      },
    };
  }

  test('that answers pings stays; one that answers no longer is cut off', async () => {
    using lively = await pair();
    using silent = await pair();
    const heartbeat = new Heartbeat(1);
    heartbeat.watch(lively.socket);
    heartbeat.watch(silent.socket);
    let pings = 0;
    lively.client.on('ping', () => {
      pings += 1;
    });
    silent.client.pause();

    await until('the silent one is cut off', () => silent.socket.readyState === silent.socket.CLOSED);
    await until('the lively one was asked more than once', () => pings > 2);
    heartbeat.close();

    expect(lively.socket.readyState).toBe(lively.socket.OPEN);
  });

  test('that reads slowly is not taken for one that is gone', async () => {
    using slow = await pair();
    const heartbeat = new Heartbeat(1);
    heartbeat.watch(slow.socket);
    slow.client.pause();
    let pings = 0;
    slow.client.on('ping', () => {
      pings += 1;
    });
    let messages = 0;
    slow.client.on('message', () => {
      messages += 1;
    });
    // More than the operating system keeps for it.
    for (let n = 0; n < 40; n += 1) slow.socket.send('x'.repeat(1_000_000));

    let beats = 0;
    const counted = setInterval(() => {
      beats += 1;
    }, 1_000);
    await until('several beats have gone by', () => beats >= 4);
    clearInterval(counted);
    slow.client.resume();
    await until('it has read everything, and is asked again', () => messages === 40 && pings > 0);
    heartbeat.close();

    expect(slow.socket.readyState).toBe(slow.socket.OPEN);
  });
});
