import { expect, test } from 'vitest';
import { Repeated } from '../../src/platform/jobs/repeated.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { until } from '../support/wait.ts';

const silent = createLogger('silent');

test('work that fails is done again, and is told of once until it has worked', async () => {
  const lines: string[] = [];
  const logger = createLogger('info', { write: line => void lines.push(line) });
  let runs = 0;
  const work = async () => {
    runs += 1;
    if ([1, 2, 3, 5].includes(runs)) throw new Error('away');
  };
  const repeated = new Repeated({ name: 'test', pauseMs: 1, work, logger });

  repeated.start();
  await until('it ran often', () => runs >= 8);
  await repeated.stop(10_000);

  expect(lines.map(line => JSON.parse(line).msg)).toEqual([
    'repeated work failed; it is tried again',
    'repeated work goes on',
    'repeated work failed; it is tried again',
    'repeated work goes on',
  ]);
});

test('one run begins after the end of the other, and none once it was stopped', async () => {
  let running = 0;
  let runs = 0;
  const together: number[] = [];
  const work = async () => {
    runs += 1;
    running += 1;
    together.push(running);
    await new Promise(resolve => setImmediate(resolve));
    running -= 1;
  };
  const repeated = new Repeated({ name: 'test', pauseMs: 1, work, logger: silent });

  repeated.start();
  repeated.start();
  await until('it ran', () => runs >= 3);
  await repeated.stop(10_000);
  const atStop = [runs, running];
  await new Promise(resolve => setImmediate(resolve));

  expect(new Set(together)).toEqual(new Set([1]));
  expect([runs, running]).toEqual(atStop);
  expect(running).toBe(0);
});

test('stopping waits for the run under way, tells it by its signal, and gives up after its patience', async () => {
  let aborted = false;
  let begun = false;
  const work = (signal: AbortSignal) =>
    new Promise<void>(() => {
      begun = true;
      signal.addEventListener('abort', () => {
        aborted = true;
      });
    });
  const repeated = new Repeated({ name: 'test', pauseMs: 1, work, logger: silent });
  repeated.start();
  await until('it runs', () => begun);

  await repeated.stop(20);

  expect(aborted).toBe(true);
});
