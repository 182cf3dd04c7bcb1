import { expect, test } from 'vitest';
import { loaderFor, manyByKey, oneByKey, rowsById } from '../../src/platform/batch.ts';

interface Row {
  id: string;
  of: string;
}

/** Answers out of these rows, in their order, and keeps what it was asked for. */
function source(rows: readonly Row[], keyOf: (row: Row) => string) {
  const asked: (readonly string[])[] = [];
  const load = async (keys: readonly string[]) => {
    asked.push(keys);
    return rows.filter(row => keys.includes(keyOf(row)));
  };
  return { asked, load };
}

const a = { id: 'a', of: 'x' };
const b = { id: 'b', of: 'y' };
const c = { id: 'c', of: 'x' };
const byId = (row: Row) => row.id;
const byParent = (row: Row) => row.of;

test('oneByKey gives each key its own row, whatever the order in which they are read', async () => {
  const { asked, load } = source([c, a, b], byId);
  const loader = oneByKey(load, byId);

  const rows = await Promise.all(['a', 'b', 'c'].map(key => loader.load(key)));

  expect(rows).toEqual([a, b, c]);
  expect(asked).toEqual([['a', 'b', 'c']]);
});

test('oneByKey gives null for what is not there, and the others are not moved by it', async () => {
  const loader = oneByKey(source([c, a], byId).load, byId);

  const rows = await Promise.all(['nothing', 'a', 'nowhere', 'c'].map(key => loader.load(key)));

  expect(rows).toEqual([null, a, null, c]);
});

test('oneByKey asked for one key several times reads it once', async () => {
  const { asked, load } = source([a, b], byId);
  const loader = oneByKey(load, byId);

  const rows = await Promise.all(['a', 'b', 'a'].map(key => loader.load(key)));
  const again = await loader.load('b');

  expect([...rows, again]).toEqual([a, b, a, b]);
  expect(asked).toEqual([['a', 'b']]);
});

test('oneByKey rejects every key of a batch whose read failed', async () => {
  const loader = oneByKey(async (): Promise<Row[]> => {
    throw new Error('no database');
  }, byId);

  const outcomes = await Promise.allSettled([loader.load('a'), loader.load('b')]);

  expect(outcomes.map(outcome => outcome.status)).toEqual(['rejected', 'rejected']);
});

test('manyByKey gives each key its rows in the order in which they are read, and an empty list where there are none', async () => {
  const { asked, load } = source([c, b, a], byParent);
  const loader = manyByKey(load, byParent);

  const rows = await Promise.all(['y', 'nothing', 'x', 'y'].map(key => loader.load(key)));

  expect(rows).toEqual([[b], [], [c, a], [b]]);
  expect(asked).toEqual([['y', 'nothing', 'x']]);
});

function fieldSource() {
  const asked: { ids: readonly string[]; fields: string[] }[] = [];
  const rows = rowsById<string, Row>(async (ids, fields) => {
    asked.push({ ids, fields: [...fields].sort() });
    return [c, b, a].filter(row => ids.includes(row.id));
  });
  return { asked, rows };
}

test('rowsById asked for one row with two sets of fields reads it once, with both', async () => {
  const { asked, rows } = fieldSource();

  const found = await Promise.all([
    rows.load('a', new Set(['title'])),
    rows.load('a', new Set(['tags'])),
    rows.load('b', new Set(['title'])),
  ]);

  expect(found).toEqual([a, a, b]);
  expect(asked).toEqual([{ ids: ['a', 'b'], fields: ['tags', 'title'] }]);
});

test('rowsById asked later for more fields of a row reads it anew, and for the same fields does not', async () => {
  const { asked, rows } = fieldSource();
  await rows.load('a', new Set(['title', 'tags']));

  await rows.load('a', new Set(['tags', 'title']));
  const more = await rows.load('a', new Set(['title', 'tags', 'dueAt']));

  expect(more).toEqual(a);
  expect(asked).toEqual([
    { ids: ['a'], fields: ['tags', 'title'] },
    { ids: ['a'], fields: ['dueAt', 'tags', 'title'] },
  ]);
});

test('rowsById gives null for what is not there, in each of its places', async () => {
  const { rows } = fieldSource();
  const fields = new Set(['title']);

  const found = await Promise.all(['z', 'c', 'z', 'a'].map(id => rows.load(id, fields)));

  expect(found).toEqual([null, c, null, a]);
});

test('rowsById does not change the set of fields that a caller gave', async () => {
  const { rows } = fieldSource();
  const fields = new Set(['title']);

  await Promise.all([rows.load('a', fields), rows.load('b', new Set(['tags']))]);

  expect([...fields]).toEqual(['title']);
});

test('loaderFor makes one loader for equal arguments, and another one for others', () => {
  let made = 0;
  const loader = loaderFor((args: { first: number; due?: Date | null }) => ({ args, number: ++made }));

  const first = loader({ first: 1 });

  expect(loader({ first: 1 })).toBe(first);
  expect(loader({ first: 2 })).not.toBe(first);
  expect(loader({ first: 1, due: null })).not.toBe(first);
  expect(loader({ first: 1, due: new Date(1) })).not.toBe(loader({ first: 1, due: new Date(2) }));
  expect(made).toBe(5);
});
