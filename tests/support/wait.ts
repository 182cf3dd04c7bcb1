import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, never for time; throws with `what` where it does not come. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`This did not come to pass within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}
