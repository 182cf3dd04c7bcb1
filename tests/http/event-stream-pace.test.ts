import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { EventStream } from '../../src/graphql/event-stream.ts';
import { EventStreams } from '../../src/graphql/event-streams.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { startApp } from '../support/app.ts';
import { came, follow, titlesOf } from '../support/event-stream.ts';
import { addTodo } from '../support/feed-workload.ts';
import { until } from '../support/wait.ts';

test('a client that does not read makes its stream wait; it is given each of thousands of changes once when it reads', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const ownerId = fromGlobalId('user', ada.id) ?? '';
  const events = vi.spyOn(app.app.services.viewers, 'renew');
  const bulky = 'subscription { todoChanged { todo { title a: description b: description } } }';
  await using stream = await follow(app, ada, bulky, { unread: true });
  const titles = Array.from({ length: 2_000 }, (_, index) => `todo ${index}`);

  for (let begin = 0; begin < titles.length; begin += 100)
    await app.app.services.transact(ownerId, async em => {
      for (const title of titles.slice(begin, begin + 100))
        addTodo(em, ownerId, title).description = 'x'.repeat(10_000);
    });
  let before = -1;
  await until('nothing more is prepared for it while others are served', async () => {
    const isStill = events.mock.calls.length === before;
    before = events.mock.calls.length;
    for (let n = 0; n < 10; n += 1) await app.execute('{ me { id } }', {}, ada);
    return isStill && before > 0;
  });
  stream.read();
  await came(stream, titles.length);

  // The operating system keeps a few megabytes for it; all of them are forty.
  expect(before).toBeLessThan(titles.length / 2);
  expect(titlesOf(stream)).toEqual(titles);
});

describe('a stream on which nothing happens', () => {
  const BEAT_MS = 12_000;

  /** To a client that reads when it is told to, and without one result. */
  function openIdle() {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const response = new PassThrough({ highWaterMark: 1 });
    const next = vi.fn(() => new Promise<never>(() => {}));
    const end = vi.fn(async () => ({ done: true as const, value: undefined }));
    const stream = new EventStream({ next, return: end }, response as unknown as ServerResponse);
    stream.pipe(response);
    return { response, stream, next, end };
  }

  const beat = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      // The streams hand on what they have.
      await new Promise(setImmediate);
      vi.advanceTimersByTime(BEAT_MS);
    }
    await new Promise(setImmediate);
  };

  test('has a comment at once and then every twelve seconds, and waits for one result', async () => {
    const { response, stream, next } = openIdle();
    let text = '';
    response.on('data', chunk => {
      text += String(chunk);
    });

    await beat(30);

    expect(text).toBe(':\n\n'.repeat(31));
    expect(next).toHaveBeenCalledOnce();
    stream.destroy();
  });

  test('piles up no comments for a client that does not read, and breaks off after five minutes of it', async () => {
    const { response, stream, end } = openIdle();

    await beat(20);
    const waiting = response.writableLength + response.readableLength + stream.readableLength;
    const isOpen = !response.destroyed;
    await beat(20);

    expect(waiting).toBeLessThan(20);
    expect(isOpen).toBe(true);
    expect([response.destroyed, stream.destroyed]).toEqual([true, true]);
    expect(end).toHaveBeenCalled();
  });
});

test('a stream that is opened when the server has begun to stop ends at once, and is not complete', async () => {
  const streams = new EventStreams(createLogger('silent'));
  await streams.close(0);

  const stream = streams.open({ data: { fine: true } }, new PassThrough() as unknown as ServerResponse);

  expect(String(Buffer.concat(await stream.toArray()))).toBe(':\n\n');
});

test('a stream whose results cannot be had breaks off without complete, and is logged', async () => {
  const logger = createLogger('silent');
  const logged = vi.spyOn(logger, 'error');
  const response = new PassThrough();
  const failure = new Error('no more results');
  const results = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }) };

  new EventStreams(logger).open(results, response as unknown as ServerResponse).pipe(response);
  await until('the response is broken off', () => response.destroyed);

  expect(logged.mock.calls).toEqual([[{ err: failure }, expect.any(String)]]);
});
