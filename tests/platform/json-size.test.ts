import { expect, test } from 'vitest';
import { hasMoreValues } from '../../src/platform/json-size.ts';
import { turnsDuring } from '../support/turns.ts';

/** As a plain look at what was parsed counts: each list and object, and of each all items but one. */
function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items: unknown[] = Object.values(value);
  return Math.max(1, items.length) + items.reduce<number>((sum, item) => sum + countOf(item), 0);
}

test.for([
  {},
  [],
  'a text alone, with [, { and more',
  { todos: [{ title: 'one, two', tags: ['a', 'b'] }, {}], more: [[], [[]]] },
  { text: 'a "quoted" one, a backslash \\\\, and at the end one \\', next: ['"', '\\"', ','] },
  { 'a name, with [': null, emoji: '😀,😀' },
])('the values of %j are counted, and no text for one', async value => {
  const count = countOf(value);

  for (const json of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
    expect(await hasMoreValues(json, count)).toBe(false);
    if (count > 0) expect(await hasMoreValues(json, count - 1)).toBe(true);
  }
});

test('what is no JSON ends too', async () => {
  expect(await hasMoreValues('"never ended, [', 0)).toBe(false);
  expect(await hasMoreValues('"ends in a backslash\\', 0)).toBe(false);
  expect(await hasMoreValues('', 0)).toBe(false);
});

test('others have their turn while a long text is looked through', async () => {
  const json = `"${'x'.repeat(10_000_000)}"`;

  const turns = await turnsDuring(() => hasMoreValues(json, 0));

  expect(turns).toBeGreaterThanOrEqual(10);
});
