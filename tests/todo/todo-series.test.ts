import { expect, test } from 'vitest';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { seriesFaults } from '../../src/todo/todo-series.ts';
import { turnsDuring } from '../support/turns.ts';

const repeating = (dueAt: string, recurrence: string) => ({ id: newId(), dueAt: new Date(dueAt), recurrence });
/** There is no such day: a search goes on to its bounds. */
const NEVER = 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30';

test('of many todos each that cannot repeat as they are to is named, and the others are not', async () => {
  const [fine, over] = [
    repeating('2027-01-04T09:00:00Z', 'FREQ=DAILY'),
    repeating('2029-01-04T09:00:00Z', 'FREQ=DAILY'),
  ];

  const faults = await seriesFaults([fine, over], { recurrence: 'FREQ=DAILY;UNTIL=20280101' }, 'Europe/Berlin');

  expect([...faults.keys()]).toEqual([over]);
  expect(faults.get(over)).toEqual({
    code: 'INVALID',
    message: `The todo ${toGlobalId('todo', over.id)}: UNTIL is before dueAt: end it later, or leave UNTIL out.`,
  });
});

test('others have their turn between the searches of a hundred rules that were made to find nothing', async () => {
  const todos = Array.from({ length: 100 }, () => repeating('2027-01-04T09:00:00Z', 'FREQ=DAILY'));

  const turns = await turnsDuring(async () => {
    const faults = await seriesFaults(todos, { recurrence: NEVER }, 'Europe/Berlin');
    expect(faults.size).toBe(100);
  });

  expect(turns).toBeGreaterThanOrEqual(100);
});
