import { describe, expect, test } from 'vitest';
import { compareSchemas } from '../../src/cli/schema-changes.ts';
import { judgeSchema } from '../../src/cli/schema-gate.ts';
import { printSdl, schemaOf } from '../../src/cli/schema-sdl.ts';
import { readTypeDefs } from '../../src/graphql/schema.ts';
import { createSchema } from '../../src/schema.ts';

const NOW = new Date('2027-03-31T12:00:00Z');
const DIRECTIVES = `
  directive @public on FIELD_DEFINITION
  directive @hasRole(role: Role!) on FIELD_DEFINITION
  directive @rateLimit(max: Int!, window: Int!, by: By!) repeatable on FIELD_DEFINITION
  enum Role { USER ADMIN }
  enum By { VIEWER ADDRESS }
`;
const PAST = '@deprecated(reason: "Use more. Removed after 2027-03-30.")';
const TODAY = '@deprecated(reason: "Use more. Removed after 2027-03-31.")';

const schema = (sdl: string) => schemaOf([DIRECTIVES, sdl], 'the SDL of the test');

const judge = (before: string, after: string, exceptions: Record<string, string> = {}) =>
  judgeSchema({
    released: schema(before),
    served: schema(after),
    exceptions: new Map(Object.entries(exceptions)),
    now: NOW,
  });

/** What the change is called and what it counts for, and whether it may be made. */
async function judgeChange(before: string, after: string) {
  const { changes, faults } = await judge(before, after);
  return { changes: changes.map(({ level, rule, path }) => `${level} ${rule} ${path}`), passes: faults.length === 0 };
}

const BREAKING: [what: string, before: string, after: string, change: string][] = [
  ['a field that is gone', 'type Query { a: Int b: Int }', 'type Query { a: Int }', 'FIELD_REMOVED Query.b'],
  ['a field of another type', 'type Query { a: Int }', 'type Query { a: String }', 'FIELD_TYPE_CHANGED Query.a'],
  ['a field that may be null', 'type Query { a: Int! }', 'type Query { a: Int }', 'FIELD_TYPE_CHANGED Query.a'],
  [
    'an argument that is gone',
    'type Query { a(b: Int): Int }',
    'type Query { a: Int }',
    'FIELD_ARGUMENT_REMOVED Query.a.b',
  ],
  [
    'a new argument that is required',
    'type Query { a: Int }',
    'type Query { a(b: Int!): Int }',
    'FIELD_ARGUMENT_ADDED Query.a.b',
  ],
  [
    'an argument that becomes required',
    'type Query { a(b: Int): Int }',
    'type Query { a(b: Int!): Int }',
    'FIELD_ARGUMENT_TYPE_CHANGED Query.a.b',
  ],
  [
    'an argument that loses the default without which it is required',
    'type Query { a(b: Int! = 1): Int }',
    'type Query { a(b: Int!): Int }',
    'FIELD_ARGUMENT_DEFAULT_CHANGED Query.a.b',
  ],
  [
    'an input’s field that is gone',
    'type Query { a(i: I): Int } input I { b: Int c: Int }',
    'type Query { a(i: I): Int } input I { b: Int }',
    'INPUT_FIELD_REMOVED I.c',
  ],
  [
    'a new field of an input that is required',
    'type Query { a(i: I): Int } input I { b: Int }',
    'type Query { a(i: I): Int } input I { b: Int c: Int! }',
    'INPUT_FIELD_ADDED I.c',
  ],
  [
    'an input’s field that loses the default without which it is required',
    'type Query { a(i: I): Int } input I { b: Int! = 1 }',
    'type Query { a(i: I): Int } input I { b: Int! }',
    'INPUT_FIELD_DEFAULT_VALUE_CHANGED I.b',
  ],
  [
    'an enum’s value that is gone',
    'type Query { a: E } enum E { B C }',
    'type Query { a: E } enum E { B }',
    'ENUM_VALUE_REMOVED E.C',
  ],
  [
    'a member of a union that is gone',
    'type Query { a: U t: T s: S } union U = T | S type T { x: Int } type S { x: Int }',
    'type Query { a: U t: T s: S } union U = T type T { x: Int } type S { x: Int }',
    'UNION_MEMBER_REMOVED U.S',
  ],
  [
    'an interface that a type has no longer',
    'type Query { a: I t: T } interface I { x: Int } type T implements I { x: Int } type S implements I { x: Int }',
    'type Query { a: I t: T } interface I { x: Int } type T { x: Int } type S implements I { x: Int }',
    'OBJECT_TYPE_INTERFACE_REMOVED T.I',
  ],
  [
    'an input of which one field alone may be given',
    'type Query { a(i: I): Int } input I { b: Int c: Int }',
    'type Query { a(i: I): Int } input I @oneOf { b: Int c: Int }',
    'DIRECTIVE_USAGE_INPUT_OBJECT_ADDED I.@oneOf',
  ],
  ['a field that was public', 'type Query { a: Int @public }', 'type Query { a: Int }', 'VIEWER_NEEDED Query.a'],
  [
    'a field that needs a role',
    'type Query { a: T } type T { b: Int }',
    'type Query { a: T } type T { b: Int @hasRole(role: ADMIN) }',
    'ROLE_NEEDED T.b',
  ],
  [
    'a field that needs another role',
    'type Query { a: Int @hasRole(role: USER) }',
    'type Query { a: Int @hasRole(role: ADMIN) }',
    'ROLE_NEEDED Query.a',
  ],
];

describe('a change that breaks clients of the last release', () => {
  test.each(BREAKING)('is refused: %s', async (_what, before, after, change) => {
    const judged = await judgeChange(before, after);

    expect(judged).toEqual({ changes: [`breaking ${change}`], passes: false });
  });

  test('is refused with what changed, the rule, and what to do', async () => {
    const { faults } = await judge(
      'type Query { a: Int b: Int @public c(d: Int): Int }',
      'type Query { b: Int c(d: Int!): Int }',
    );

    expect(faults).toEqual([
      `Query.c.d: Type for argument 'd' on field 'Query.c' changed from 'Int' to 'Int!'. That breaks clients of the last release (FIELD_ARGUMENT_TYPE_CHANGED). Leave it as it was, and add what is new beside it under another name.`,
      `Query.a: Field 'a' was removed from object type 'Query'. That breaks clients of the last release (FIELD_REMOVED). Put it back with @deprecated(reason: "Use … instead. Removed after 2027-06-29."), release that, and take it out when that day is over.`,
      'Query.b: It was @public and now needs a viewer. That breaks clients of the last release (VIEWER_NEEDED). Leave it as it was, and add what is new beside it under another name.',
    ]);
  });

  test('passes as an exception, of that change alone; one that is not needed is refused', async () => {
    const [before, after] = ['type Query { a: Int @public b: Int @public }', 'type Query { a: Int b: Int }'];

    const one = await judge(before, after, { 'VIEWER_NEEDED Query.a': 'It told secrets.' });
    const both = await judge(before, after, { 'VIEWER_NEEDED Query.a': 'Secrets.', 'VIEWER_NEEDED Query.b': 'Too.' });
    const idle = await judge(before, before, { 'VIEWER_NEEDED Query.a': 'It told secrets.' });

    expect(one.faults).toEqual([expect.stringMatching(/^Query\.b: /)]);
    expect(both.faults).toEqual([]);
    expect(idle.faults).toEqual([
      'VIEWER_NEEDED Query.a is an exception for a change that is not made: take its line out.',
    ]);
  });
});

/** Each with a place for the deprecation. */
const REMOVALS: [what: string, before: (deprecated: string) => string, after: string][] = [
  ['a field', d => `type Query { a: Int b: Int ${d} }`, 'type Query { a: Int }'],
  ['an argument', d => `type Query { a(b: Int ${d}): Int }`, 'type Query { a: Int }'],
  [
    'a field of an input',
    d => `type Query { a(i: I): Int } input I { b: Int c: Int ${d} }`,
    'type Query { a(i: I): Int } input I { b: Int }',
  ],
  ['a value of an enum', d => `type Query { a: E } enum E { B C ${d} }`, 'type Query { a: E } enum E { B }'],
  [
    'a field with the types that nothing else leads to',
    d =>
      `type Query { a: Int b(i: I): T ${d} } type T { self: T s: S } type S { t: [T!]! } input I { e: E } enum E { X }`,
    'type Query { a: Int }',
  ],
  [
    'a member of a union with its type',
    d => `type Query { a: U b: S ${d} } union U = T | S type T { x: Int } type S { x: Int }`,
    'type Query { a: U } union U = T type T { x: Int }',
  ],
  [
    'an interface with its only field',
    d => `type Query { a: T b: I ${d} } interface I { x: Int } type T implements I { x: Int }`,
    'type Query { a: T } type T { x: Int }',
  ],
];

describe('what the last release had deprecated', () => {
  test.each(REMOVALS)(
    'can be taken out when its date has passed, and not before: %s',
    async (_what, withDeprecated, after) => {
      const passed = await judge(withDeprecated(PAST), after);
      const today = await judge(withDeprecated(TODAY), after);
      const undated = await judge(withDeprecated('@deprecated(reason: "Use more.")'), after);

      expect(passed.faults).toEqual([]);
      expect(passed.changes.filter(({ level }) => level === 'breaking').length).toBeGreaterThan(0);
      expect(today.faults.join()).toMatch(/promised it until 2027-03-31: put it back until that day is over/);
      expect(undated.faults.join()).toMatch(/Put it back with @deprecated/);
    },
  );

  test('does not let a type go to which something else leads', async () => {
    const { faults } = await judge(
      `type Query { a: Int b: T ${PAST} c: S } type T { x: Int } type S { t: T }`,
      'type Query { a: Int c: S } type S { x: Int }',
    );

    expect(faults).toEqual([
      expect.stringMatching(/^S\.t: Field 't' was removed/),
      expect.stringMatching(/^T: Type 'T' was removed\. .* Put it back: a type goes with the fields that lead to it/),
    ]);
  });

  test('does not excuse a change of its type', async () => {
    const { faults } = await judge(`type Query { a: Int ${PAST} }`, 'type Query { a: String }');

    expect(faults).toEqual([expect.stringMatching(/^Query\.a: .*FIELD_TYPE_CHANGED/)]);
  });
});

describe('a deprecation', () => {
  test.each([
    '@deprecated',
    '@deprecated(reason: "Use more.")',
    '@deprecated(reason: "Removed after 2027-12-31.")',
    '@deprecated(reason: "Use more. Removed after 2027-02-30.")',
    '@deprecated(reason: "Use more. Removed after 31.12.2027.")',
    '@deprecated(reason: "Use more. Removed after 2027-12-31. Sorry.")',
  ])('that does not end with a date and say what to use is refused, wherever it stands: %s', async deprecated => {
    const { faults } = await judge(
      'type Query { a(b: Int): E d(i: I): Int } enum E { X Y } input I { c: Int }',
      `type Query { a(b: Int ${deprecated}): E d(i: I): Int ${deprecated} } enum E { X Y ${deprecated} } input I { c: Int ${deprecated} }`,
    );

    expect(faults.map(fault => fault.split(' is deprecated without a date: ')[0])).toEqual([
      'Query.a.b',
      'Query.d',
      'E.Y',
      'I.c',
    ]);
  });

  test('may move to a later day, not to an earlier one', async () => {
    const later = await judge(`type Query { a: Int ${PAST} }`, `type Query { a: Int ${TODAY} }`);
    const earlier = await judge(`type Query { a: Int ${TODAY} }`, `type Query { a: Int ${PAST} }`);

    expect(later.faults).toEqual([]);
    expect(earlier.faults).toEqual([
      'Query.a was promised until 2027-03-31 by the last release and now goes after 2027-03-30: a date may only be moved to a later day.',
    ]);
  });
});

const HARMLESS: [what: string, before: string, after: string, change: string][] = [
  [
    'a new value of an enum',
    'type Query { a: E } enum E { B }',
    'type Query { a: E } enum E { B C }',
    'dangerous ENUM_VALUE_ADDED E.C',
  ],
  [
    'a new member of a union',
    'type Query { a: U s: S } union U = T type T { x: Int } type S { x: Int }',
    'type Query { a: U s: S } union U = T | S type T { x: Int } type S { x: Int }',
    'dangerous UNION_MEMBER_ADDED U.S',
  ],
  [
    'another default',
    'type Query { a(b: Int! = 1): Int }',
    'type Query { a(b: Int! = 2): Int }',
    'dangerous FIELD_ARGUMENT_DEFAULT_CHANGED Query.a.b',
  ],
  [
    'a stricter limit',
    'type Query { a: Int @rateLimit(max: 5, window: 60, by: VIEWER) }',
    'type Query { a: Int @rateLimit(max: 4, window: 60, by: VIEWER) }',
    'dangerous RATE_LIMIT_STRICTER Query.a',
  ],
  [
    'a limit of something else besides',
    'type Query { a: Int @rateLimit(max: 5, window: 60, by: VIEWER) }',
    'type Query { a: Int @rateLimit(max: 5, window: 60, by: VIEWER) @rateLimit(max: 5, window: 60, by: ADDRESS) }',
    'dangerous RATE_LIMIT_STRICTER Query.a',
  ],
  [
    'a looser limit',
    'type Query { a: Int @rateLimit(max: 5, window: 60, by: VIEWER) }',
    'type Query { a: Int @rateLimit(max: 5, window: 30, by: VIEWER) }',
    'safe RATE_LIMIT_LOOSER Query.a',
  ],
  [
    'a field that becomes public',
    'type Query { a: Int }',
    'type Query { a: Int @public }',
    'safe VIEWER_NOT_NEEDED Query.a',
  ],
  [
    'a field that needs no role any more',
    'type Query { a: Int @hasRole(role: ADMIN) }',
    'type Query { a: Int }',
    'safe ROLE_NOT_NEEDED Query.a',
  ],
  [
    'a new field',
    'type Query { a: Int }',
    'type Query { a: Int b: Int @hasRole(role: ADMIN) }',
    'safe FIELD_ADDED Query.b',
  ],
  ['a field that is never null', 'type Query { a: Int }', 'type Query { a: Int! }', 'safe FIELD_TYPE_CHANGED Query.a'],
  ['a new text', 'type Query { a: Int }', 'type Query { "All." a: Int }', 'safe FIELD_DESCRIPTION_ADDED Query.a'],
];

test.each(HARMLESS)('%s is told and passes', async (_what, before, after, change) => {
  expect(await judgeChange(before, after)).toEqual({ changes: [change], passes: true });
});

test('a new type is told without what it has, and what it makes dangerous is told', async () => {
  const judged = await judgeChange(
    'type Query { a: E } enum E { B }',
    'type Query { a: E "New." t(x: I): T } enum E { B "New." C } "New." type T { "New." x: Int u: T } input I { y: Int = 1 }',
  );

  expect(judged).toEqual({
    changes: ['dangerous ENUM_VALUE_ADDED E.C', 'safe FIELD_ADDED Query.t', 'safe TYPE_ADDED I', 'safe TYPE_ADDED T'],
    passes: true,
  });
});

test('a directive that clients cannot use may change as it likes', async () => {
  const served = schemaOf(
    [DIRECTIVES.replace('directive @public on FIELD_DEFINITION', ''), 'type Query { a: Int }'],
    'the SDL',
  );

  const { changes } = await judgeSchema({
    released: schema('type Query { a: Int }'),
    served,
    exceptions: new Map(),
    now: NOW,
  });

  expect(changes).toEqual([]);
});

describe('the printed schema', () => {
  test('is what is served, with every directive, and prints alike when it is read back', async () => {
    const printed = printSdl(schemaOf(readTypeDefs(), 'schema/'));
    const read = schemaOf([printed], 'the printed schema');

    const differences = await compareSchemas(read, createSchema());
    // Descriptions of scalars are the SDL's alone.
    expect(differences.filter(({ rule }) => rule !== 'TYPE_DESCRIPTION_REMOVED')).toEqual([]);
    expect(printSdl(read)).toBe(printed);
    const uses = (text: string) => text.match(/@(public|hasRole|rateLimit)\b(?! on)/g)?.length;
    expect(uses(printed)).toBe(uses(readTypeDefs().join('\n')));
    expect(uses(printed)).toBeGreaterThan(30);
  });
});
