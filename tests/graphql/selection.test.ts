import { buildSchema, execute, type GraphQLResolveInfo, parse } from 'graphql';
import { expect, test } from 'vitest';
import { selectedOfRows } from '../../src/graphql/connection.ts';
import { selectedFields } from '../../src/graphql/selection.ts';

const schema = buildSchema(`
  interface Node { id: ID }
  type Person implements Node { id: ID  name: String  email: String  friend: Person  page: People }
  type People { nodes: [Person]  edges: [PersonEdge]  totalCount: Int }
  type PersonEdge { cursor: String  node: Person }
  type Query { person: Person  people: People  node: Node }
`);

type Read = (info: GraphQLResolveInfo) => ReadonlySet<string>;
const PERSON = { __typename: 'Person', id: '1' };

/** Runs the document and answers with what `read` told of each field of this name, in the order of the fields. */
async function readAll(field: string, document: string | ReturnType<typeof parse>, read: Read, operationName?: string) {
  const told: string[][] = [];
  await execute({
    schema,
    document: typeof document === 'string' ? parse(document) : document,
    operationName,
    variableValues: { no: false, yes: true },
    typeResolver: () => 'Person',
    fieldResolver: (_source, _args, _context, info) => {
      if (info.fieldName === field) told.push([...read(info)].sort());
      return info.fieldName === 'people' || info.fieldName === 'page' ? { nodes: [PERSON], edges: [] } : PERSON;
    },
  });
  return told;
}

const fields: Read = info => selectedFields(info);

test.each([
  ['plain fields', '{ person { id name } }', ['id', 'name']],
  ['aliases, by what they stand for', '{ person { mail: email also: email n: name } }', ['email', 'name']],
  ['a fragment', '{ person { ...P } } fragment P on Person { name email }', ['email', 'name']],
  [
    'a fragment in a fragment',
    '{ person { ...P } } fragment P on Person { id ...Q } fragment Q on Person { name }',
    ['id', 'name'],
  ],
  ['an inline fragment', '{ person { id ... on Person { name } ... { email } } }', ['email', 'id', 'name']],
  ['an interface, with fields of one of its types', '{ node { id ... on Person { name } } }', ['id', 'name']],
  ['a selection below, by its own name only', '{ person { friend { email } } }', ['friend']],
  [
    'what a variable skips, as selected',
    'query ($yes: Boolean!) { person { id name @skip(if: $yes) } }',
    ['id', 'name'],
  ],
  [
    'what a variable includes not, as selected',
    'query ($no: Boolean!) { person { id ...P @include(if: $no) } } fragment P on Person { name }',
    ['id', 'name'],
  ],
  ['one field twice, merged', '{ person { id } person { name } }', ['id', 'name']],
  [
    'one field twice, once in a fragment',
    '{ person { id } ...R } fragment R on Query { person { name } }',
    ['id', 'name'],
  ],
])('selectedFields tells of %s', async (_circumstance, document, expected) => {
  const told = await readAll(document.includes('{ node {') ? 'node' : 'person', document, fields);

  expect(told).toEqual([expected]);
});

test('selectedFields of one field under two aliases tells each what was selected of it alone', async () => {
  const told = await readAll('person', '{ a: person { id } b: person { name email } }', fields);

  expect(told).toEqual([['id'], ['email', 'name']]);
});

test('selectedFields below a path goes through fragments, aliases and repeated fields', async () => {
  const document = `{
    people { n: nodes { id } ...F nodes { friend { email } } ... on People { edges { node { email } } edges { cursor } } }
  }
  fragment F on People { nodes { mail: email } }`;

  expect(await readAll('people', document, info => selectedFields(info, 'nodes'))).toEqual([['email', 'friend', 'id']]);
  expect(await readAll('people', document, info => selectedFields(info, 'nodes.friend'))).toEqual([['email']]);
  expect(await readAll('people', document, info => selectedFields(info, 'edges'))).toEqual([['cursor', 'node']]);
  expect(await readAll('people', document, info => selectedFields(info, 'edges.node'))).toEqual([['email']]);
});

test('selectedFields below a path that is not selected is empty', async () => {
  expect(await readAll('people', '{ people { totalCount } }', info => selectedFields(info, 'nodes'))).toEqual([[]]);
});

test('selectedOfRows takes nodes and the nodes of edges together', async () => {
  const document = '{ people { nodes { id friend { email } } edges { cursor node { name } } totalCount } }';

  expect(await readAll('people', document, selectedOfRows)).toEqual([['friend', 'id', 'name']]);
});

test('selectedFields of a field that is merged in one place and alone in another tells each its own', async () => {
  const document = `{
    person { friend { ...F } friend { email } }
    node { ... on Person { friend { ...F } } }
  }
  fragment F on Person { name }`;

  expect(await readAll('friend', document, fields)).toEqual([['email', 'name'], ['name']]);
});

test('selectedFields of one fragment in two operations of a document tells each operation its own', async () => {
  const document = parse(`
    query Plain { ...Root }
    query More { ...Root person { email } }
    fragment Root on Query { person { id } }
  `);

  const plain = await readAll('person', document, fields, 'Plain');
  const more = await readAll('person', document, fields, 'More');
  const plainAgain = await readAll('person', document, fields, 'Plain');

  expect([plain, more, plainAgain]).toEqual([[['id']], [['email', 'id']], [['id']]]);
});

test('selectedFields of a document that runs again is the same set, and is not worked out anew', async () => {
  const document = parse('{ person { id name } }');
  const sets: ReadonlySet<string>[] = [];
  const keep: Read = info => {
    sets.push(selectedFields(info));
    return selectedFields(info);
  };

  await readAll('person', document, keep);
  await readAll('person', document, keep);

  expect(sets[1]).toBe(sets[0]);
});
