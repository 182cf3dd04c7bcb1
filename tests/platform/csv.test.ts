import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RECORD_MAX_LENGTH, readCsv } from '../../src/platform/csv.ts';
import { readJsonLines } from '../../src/platform/json-lines.ts';

/** The text in pieces of these lengths, again and again. */
async function* inPieces(text: string, lengths: readonly number[] = [text.length || 1]) {
  for (let [at, piece] = [0, 0]; at < text.length; piece += 1) {
    const length = lengths[piece % lengths.length] ?? 1;
    yield text.slice(at, at + length);
    at += length;
  }
}

const csv = (text: string, lengths?: readonly number[]) => Array.fromAsync(readCsv(inPieces(text, lengths)));
const jsonLines = (text: string, lengths?: readonly number[]) =>
  Array.fromAsync(readJsonLines(inPieces(text, lengths)));
const lengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 });

const quoted = (field: string) => `"${field.replaceAll('"', '""')}"`;

test('any table that is written by the rules is read as it was, whatever the pieces', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '🦊', ',', '"', '\r', '\n', ' '), maxLength: 6 });
  const tables = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 });

  await fc.assert(
    fc.asyncProperty(tables, lengths, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (table, pieces, end, mark) => {
      const text = table.map(row => row.map(quoted).join(',')).join(end);

      const records = await csv(`${mark ? '\uFEFF' : ''}${text}`, pieces);

      expect(records.map(record => 'value' in record && record.value)).toEqual(table);
    }),
  );
});

test('CSV: quotes, empty fields, empty lines, a mark and line ends are as RFC 4180 says, and lines are counted', async () => {
  const text = '\uFEFFa,"b,""c""\r\nd",\r\n\r\n,\n"",x\r\nlast';

  expect(await csv(text)).toEqual([
    { line: 1, value: ['a', 'b,"c"\r\nd', ''] },
    { line: 4, value: ['', ''] },
    { line: 5, value: ['', 'x'] },
    { line: 6, value: ['last'] },
  ]);
});

test('CSV: a faulty line is told, and reading goes on with the next one', async () => {
  const text = 'a"b,c\n"a"b,c\nfine\n"no end\nlost\n';

  expect(await csv(text)).toEqual([
    { line: 1, fault: 'A quote stands inside of a field that is not quoted.' },
    { line: 2, fault: 'Something stands behind the quote that ends a field.' },
    { line: 3, value: ['fine'] },
    { line: 4, fault: 'A quote has no end; lines 4 to 6 were not read.' },
  ]);
});

test('CSV: a quote without an end does not take the rest of a long file', async () => {
  const rows = 20_000;
  const text = `"no end\n${'some,thing\n'.repeat(rows)}`;

  const [fault, ...records] = await csv(text, [4_096]);

  expect(fault).toMatchObject({ line: 1, fault: expect.stringContaining('lines 1 to 5959 were not read') });
  expect(records).toHaveLength(rows - 5_958);
  expect(records.at(-1)).toEqual({ line: rows + 1, value: ['some', 'thing'] });
});

test('JSON Lines: objects are read whatever the pieces, and what is none is told', async () => {
  const text = `\uFEFF{"a":"\u2028b"}\r\n\n[]\n{"a":\nnull\n${'x'.repeat(RECORD_MAX_LENGTH + 10)}\n{"a":2}`;
  const notOne = 'It is not a JSON object.';

  for (const pieces of [[1], [3, 5], [100_000]])
    expect(await jsonLines(text, pieces)).toEqual([
      { line: 1, value: { a: '\u2028b' } },
      { line: 3, fault: notOne },
      { line: 4, fault: notOne },
      { line: 5, fault: notOne },
      { line: 6, fault: 'It is longer than 65536 characters.' },
      { line: 7, value: { a: 2 } },
    ]);
});
