import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextArrayType } from '../../src/platform/text-array.ts';
import { createTestDatabase } from '../support/database.ts';

/** PostgreSQL's text holds any character but U+0000, and no half of a pair. */
const texts = fc.oneof(
  fc.constantFrom('', ' ', 'NULL', 'null', '"', '\\', '\\"', '{', '}', ',', "'", '\n', '\t,', ' a ', '?', '$1'),
  fc.string({ unit: 'binary' }).map(text => text.toWellFormed().replaceAll('\0', '')),
);

test('an array of any texts is the same array when PostgreSQL has read it', async () => {
  await using database = await createTestDatabase();
  const type = new TextArrayType();

  await fc.assert(
    fc.asyncProperty(fc.array(texts), async array => {
      const [row] = await database.query('select $1::text[] as array', [type.convertToDatabaseValue(array)]);
      expect(row).toEqual({ array });
    }),
    { numRuns: 500 },
  );
});

test('no array stays none', () => {
  expect(new TextArrayType().convertToDatabaseValue(null)).toBeNull();
});
