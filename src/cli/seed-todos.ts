import { forkFor } from '../change/transact.ts';
import type { Services } from '../graphql/context.ts';
import { toGlobalId } from '../platform/ids.ts';
import { type Priority, Todo } from '../todo/todo.entity.ts';
import { createTodo, deleteTodo, updateTodo } from '../todo/todo.service.ts';
import { derivedId } from '../todo/todo-import.ids.ts';
import { type Counts, count } from './seed-counts.ts';
import type { SeededPerson } from './seed-people.ts';

interface SeedTodo {
  readonly title: string;
  readonly description?: string;
  /** From now on; negative: overdue. */
  readonly dueInHours?: number;
  readonly priority?: Priority;
  readonly tags?: readonly string[];
  readonly recurrence?: string;
  readonly remindMinutesBefore?: number;
  readonly becomes?: 'COMPLETED' | 'TRASHED';
}

const DAY = 24;

const TODOS: Readonly<Record<SeededPerson['name'], readonly SeedTodo[]>> = {
  admin: [
    {
      title: 'Look at payments that need a person',
      priority: 'HIGH',
      tags: ['work'],
      recurrence: 'FREQ=DAILY',
      dueInHours: 8,
    },
    { title: 'Compare last month with the provider’s report', tags: ['work', 'money'], dueInHours: 3 * DAY },
  ],
  ada: [
    { title: 'Pay the electricity bill', priority: 'URGENT', tags: ['home', 'money'], dueInHours: -2 * DAY },
    { title: 'Return the library books', tags: ['errands'], dueInHours: -5 },
    {
      title: 'Call the dentist',
      description: 'Ask for a morning, and whether the X-rays of last year will do.',
      priority: 'HIGH',
      tags: ['health', 'calls'],
      dueInHours: DAY,
      remindMinutesBefore: 60,
    },
    { title: 'Water the plants', tags: ['home'], recurrence: 'FREQ=WEEKLY;BYDAY=MO,TH', dueInHours: 2 * DAY },
    {
      title: 'Back up the laptop',
      tags: ['computer'],
      recurrence: 'FREQ=MONTHLY',
      dueInHours: -DAY,
      becomes: 'COMPLETED',
    },
    {
      title: 'Write to Charles about the engine',
      description: 'Note G, and the table of Bernoulli numbers.',
      tags: ['letters'],
      priority: 'MEDIUM',
      dueInHours: 6 * DAY,
    },
    { title: 'Choose a birthday present for Byron', tags: ['family'], priority: 'LOW' },
    { title: 'Learn to whistle' },
    { title: 'Order new glasses', tags: ['health'], becomes: 'COMPLETED' },
    { title: 'Book the train to Manchester', tags: ['travel'], dueInHours: -10 * DAY, becomes: 'COMPLETED' },
    { title: 'Buy milk', tags: ['errands'], becomes: 'TRASHED' },
    {
      title: 'Plan the summer party 🎉',
      description: 'Guests, music, food.\nWho brings the chairs?',
      tags: ['family', 'summer'],
      dueInHours: 40 * DAY,
      remindMinutesBefore: 7 * DAY * 60,
    },
  ],
  bilal: [
    { title: 'بجلی کا بل ادا کریں', priority: 'URGENT', tags: ['گھر'], dueInHours: -DAY },
    { title: 'امی کو فون کریں', tags: ['خاندان'], recurrence: 'FREQ=WEEKLY;BYDAY=FR', dueInHours: 3 * DAY },
    { title: 'سبزی اور پھل خریدیں', tags: ['بازار'], dueInHours: 6, remindMinutesBefore: 30 },
    {
      title: 'Renew the passport',
      description: 'Two photographs, the old passport, and the fee.',
      priority: 'HIGH',
      dueInHours: 14 * DAY,
    },
    { title: 'گاڑی کی سروس', becomes: 'COMPLETED' },
    { title: 'پرانی فہرست', becomes: 'TRASHED' },
  ],
  mei: [
    { title: '给房东打电话', priority: 'HIGH', tags: ['家'], dueInHours: 10 },
    {
      title: '交水费',
      tags: ['家', '钱'],
      recurrence: 'FREQ=MONTHLY',
      dueInHours: 5 * DAY,
      remindMinutesBefore: DAY * 60,
    },
    {
      title: 'Überweisung an Käthe prüfen',
      description: 'Größe, Straße und Hausnummer fehlen noch.',
      dueInHours: -3 * DAY,
    },
    { title: 'Prepare the talk on fractional indexing', tags: ['work'], priority: 'MEDIUM', dueInHours: 9 * DAY },
    { title: '买一本新词典', becomes: 'COMPLETED' },
  ],
};

const HOUR_MS = 3_600_000;

/** Each as its owner would: what a todo becomes is committed with it. */
export async function seedTodos(services: Services, people: readonly SeededPerson[]): Promise<Omit<Counts, 'what'>> {
  const areNew: boolean[] = [];
  for (const person of people.filter(({ isClosed }) => !isClosed))
    for (const todo of TODOS[person.name]) areNew.push(await seedTodo(services, person, todo));
  return count(areNew);
}

/** Answers whether it was not there, in the trash or elsewhere. */
async function seedTodo(services: Services, { viewer }: SeededPerson, wanted: SeedTodo): Promise<boolean> {
  const { transact, database, clock, todoLimits: limits } = services;
  // The same each time: by it a repeat finds it, whatever its owner has made of it.
  const uuid = derivedId(viewer.userId, { ownId: null, source: `seed ${wanted.title}` }, 0);
  if ((await forkFor(database, viewer.userId).count(Todo, { id: uuid }, { filters: { live: false } })) > 0)
    return false;
  const { title, description, dueInHours, priority = 'NONE', tags = [], recurrence, remindMinutesBefore } = wanted;
  const id = toGlobalId('todo', uuid);
  await transact(viewer.userId, async em => {
    const now = clock();
    const rules = { limits, now };
    const dueAt = dueInHours === undefined ? null : new Date(now.getTime() + dueInHours * HOUR_MS);
    const input = { id, title, description, dueAt, priority, tags, recurrence, remindMinutesBefore };
    await createTodo(em, viewer, input, rules);
    // What changes it looks for it.
    await em.flush();
    if (wanted.becomes === 'COMPLETED') await updateTodo(em, id, { completed: true }, rules);
    if (wanted.becomes === 'TRASHED') await deleteTodo(em, id, {}, now);
  });
  return true;
}
