import fc from 'fast-check';
import { TypeID } from 'typeid-js';
import { expect, test } from 'vitest';
import {
  fromGlobalId,
  ID_PREFIXES,
  type IdPrefix,
  isUuid,
  isUuidV7,
  newId,
  parseGlobalId,
  toGlobalId,
} from '../../src/platform/ids.ts';

const prefixes = fc.constantFrom(...ID_PREFIXES);
/** Any 128 bits, those that are of no version of UUID included. */
const uuids = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(toUuid);
const RUNS = { numRuns: 2_000 };
const NIL = '00000000-0000-0000-0000-000000000000';
const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

function toUuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** As the reference library reads it; null where it refuses. Its toUUID() would refuse bits that are of no version. */
function referenceOf(prefix: IdPrefix, id: string): string | null {
  try {
    return toUuid(TypeID.fromString(id, prefix).toUUIDBytes());
  } catch {
    return null;
  }
}

test('toGlobalId writes what the reference library writes', () => {
  fc.assert(
    fc.property(prefixes, uuids, (prefix, uuid) => {
      expect(toGlobalId(prefix, uuid)).toBe(TypeID.fromUUID(prefix, uuid).toString());
    }),
    { ...RUNS, examples: ID_PREFIXES.flatMap(prefix => [NIL, MAX].map((uuid): [IdPrefix, string] => [prefix, uuid])) },
  );
});

test('fromGlobalId and parseGlobalId read what the reference library wrote', () => {
  fc.assert(
    fc.property(prefixes, uuids, (prefix, uuid) => {
      const id = TypeID.fromUUID(prefix, uuid).toString();

      expect(fromGlobalId(prefix, id)).toBe(uuid);
      expect(parseGlobalId(id)).toEqual({ prefix, uuid });
    }),
    RUNS,
  );
});

test('fromGlobalId takes and refuses the texts that the reference library takes and refuses', () => {
  const digits = fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz');
  const characters = fc.oneof(
    { weight: 30, arbitrary: digits },
    { weight: 1, arbitrary: fc.constantFrom(...'ilouABZ_-é') },
  );
  const suffixes = fc.string({ unit: characters, minLength: 25, maxLength: 27 });

  fc.assert(
    fc.property(prefixes, suffixes, (prefix, suffix) => {
      const id = `${prefix}_${suffix}`;
      expect(fromGlobalId(prefix, id)).toBe(referenceOf(prefix, id));
    }),
    RUNS,
  );
});

test('fromGlobalId of a random text answers null and does not throw', () => {
  fc.assert(
    fc.property(prefixes, fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (prefix, text) => {
      expect(fromGlobalId(prefix, text)).toBeNull();
    }),
    RUNS,
  );
});

const SUFFIX = '01h455vb4pex5vsknk084sn02q';

test.each([
  ['no underscore', `todo${SUFFIX}`],
  ['no prefix', `_${SUFFIX}`],
  ['a bare suffix', SUFFIX],
  ['a prefix that is nothing here', `task_${SUFFIX}`],
  ['a prefix in upper case', `TODO_${SUFFIX}`],
  ['two prefixes', `user_todo_${SUFFIX}`],
  ['a name that every object has', `constructor_${SUFFIX}`],
  ['no suffix', 'todo_'],
  ['a digit too few', `todo_${SUFFIX.slice(1)}`],
  ['a digit too many', `todo_0${SUFFIX}`],
  ['more than 128 bits', `todo_8${SUFFIX.slice(1)}`],
  ['more than 128 bits by far', `todo_${'z'.repeat(26)}`],
  ['upper case', `todo_${SUFFIX.toUpperCase()}`],
  ['an i', `todo_${SUFFIX.slice(0, -1)}i`],
  ['an l', `todo_${SUFFIX.slice(0, -1)}l`],
  ['an o', `todo_${SUFFIX.slice(0, -1)}o`],
  ['a u', `todo_${SUFFIX.slice(0, -1)}u`],
  ['a dash', `todo_${SUFFIX.slice(0, -1)}-`],
  ['a space before it', ` todo_${SUFFIX}`],
  ['a line feed behind it', `todo_${SUFFIX}\n`],
  ['a UUID', '01890a5d-ac96-774b-bcce-b302099a8057'],
  ['nothing', ''],
])('an id with %s is null', (_circumstance, id) => {
  expect(parseGlobalId(id)).toBeNull();
  expect(fromGlobalId('todo', id)).toBeNull();
});

test('fromGlobalId of another type is null', () => {
  expect(fromGlobalId('todo', `todo_${SUFFIX}`)).toBe('01890a5d-ac96-774b-bcce-b302099a8057');
  expect(fromGlobalId('user', `todo_${SUFFIX}`)).toBeNull();
});

test('newId makes UUIDs of version 7, each once', () => {
  const ids = Array.from({ length: 1_000 }, newId);

  expect(ids.filter(id => !isUuidV7(id) || !isUuid(id))).toEqual([]);
  expect(new Set(ids).size).toBe(1_000);
});

test.each([
  ['version 4', '9d1c4f0e-3f5b-4c5e-8d0a-2f7e1a6b3c4d', true, false],
  ['version 7', '01890a5d-ac96-774b-bcce-b302099a8057', true, true],
  ['version 7 of another variant', '01890a5d-ac96-774b-ccce-b302099a8057', true, false],
  ['upper case', '01890A5D-AC96-774B-BCCE-B302099A8057', false, false],
  ['no dashes', '01890a5dac96774bbcceb302099a8057', false, false],
  ['braces', '{01890a5d-ac96-774b-bcce-b302099a8057}', false, false],
  ['a line feed behind it', '01890a5d-ac96-774b-bcce-b302099a8057\n', false, false],
])('a UUID of %s is told by isUuid and isUuidV7', (_circumstance, text, anyVersion, versionSeven) => {
  expect(isUuid(text)).toBe(anyVersion);
  expect(isUuidV7(text)).toBe(versionSeven);
});
