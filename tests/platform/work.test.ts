import { expect, test } from 'vitest';
import { currentWork, JobWork, outside, RequestWork, within } from '../../src/platform/work.ts';

const request = () => new RequestWork({ requestId: 'r', method: 'GET', path: '/', headers: {} });

/** A part of other work, as an operation is of a request. */
class Part extends RequestWork {
  override readonly parent;

  constructor(parent: RequestWork) {
    super({ requestId: 'r', method: 'GET', path: '/', headers: {} });
    this.parent = parent;
  }
}

test('statements at the same time count their time once, and their rows each, also for what they are a part of', () => {
  const whole = request();
  const [one, other] = [new Part(whole), new Part(whole)];

  one.statementBegan(1_000);
  other.statementBegan(1_010);
  one.statementEnded(1_030, 2);
  other.statementEnded(1_050, 3);
  one.statementBegan(1_100);
  one.statementEnded(1_101, 0);

  const counted = [one, other, whole].map(({ databaseMs, statements, rows }) => [databaseMs, statements, rows]);
  expect(counted).toEqual([
    [31, 2, 2],
    [40, 1, 3],
    [51, 3, 5],
  ]);
});

test('work is known to all that it awaits, and to nothing beside it or run outside of it', async () => {
  const [one, other] = [request(), new JobWork({ job: 'a', jobId: null })];
  const seen = async () => {
    await null;
    return currentWork();
  };

  const known = await Promise.all([
    within(one, seen),
    within(other, seen),
    within(one, () => outside(seen)),
    within(one, () => within(other, seen)),
    seen(),
  ]);

  expect(known).toEqual([one, other, null, other, null]);
});

test('what has ended takes no longer, and ends once', () => {
  const work = request();

  work.end();
  const { ms } = work;
  work.end();

  expect([work.hasEnded, work.ms]).toEqual([true, ms]);
});
