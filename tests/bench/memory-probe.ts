import { setImmediate as later } from 'node:timers/promises';
import { answer } from './ask.ts';

/**
 * Loaded into a server ahead of its own code, by `--import` and with `--expose-gc`: answers with the memory that it holds
 * when it has given back what it can.
 */
answer(async () => {
  // What the first round's finalizers let go of, the second one collects.
  for (let round = 0; round < 2; round += 1) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await later();
  }
  return process.memoryUsage();
});
process.channel?.unref();
