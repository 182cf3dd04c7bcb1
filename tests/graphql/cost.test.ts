import { readFileSync } from 'node:fs';
import { type DocumentNode, isObjectType, Kind, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { estimate, meter } from '../../src/graphql/cost.ts';
import { costPlanOf } from '../../src/graphql/cost-plan.ts';
import { costWeightsOf } from '../../src/graphql/cost-weights.ts';
import { createSchema } from '../../src/schema.ts';
import { LIST } from '../bench/operations.ts';

const schema = createSchema();

function costOf(text: string, variables: Record<string, unknown> = {}, in_ = schema): number {
  const document = parse(text);
  expect(validate(in_, document)).toEqual([]);
  const plan = costPlanOf(in_, document, null);
  return plan ? estimate(plan, variables) : Number.NaN;
}

function metered(text: string, data: object, variables: Record<string, unknown> = {}, in_ = schema): number {
  const plan = costPlanOf(in_, parse(text), null);
  return plan ? meter(plan, variables, data) : Number.NaN;
}

const withTypes = (typeDefs: string, resolvers: object = {}) =>
  createSchema({ typeDefs: [typeDefs], resolvers: [resolvers] });

describe('before it runs, an operation is estimated', () => {
  test.each([
    ['{ __typename }', 0],
    ['{ rateLimit { limit remaining resetAt } }', 0],
    ['{ me { id email } }', 1],
    ['{ me { id } again: me { id } }', 2],
    ['{ todos { nodes { id } } }', 1 + 20],
    ['{ todos(first: 5) { nodes { id } } }', 1 + 5],
    ['{ todos(last: 7) { edges { cursor node { id } } pageInfo { hasNextPage } } }', 1 + 7],
    ['{ todos(first: 5) { nodes { owner { id } } totalCount } }', 1 + 5 * 2 + 5],
    ['{ todos(first: 2, filter: { search: "a" }) { nodes { id } } }', 1 + 2 + 5],
    ['{ todos(first: 2, filter: { search: null, completed: true }) { nodes { id } } }', 1 + 2],
    ['{ nodes(ids: ["a", "b", "c"]) { id ... on User { sessions { id } } } }', 3 * (1 + 10)],
    ['{ changes(first: 4) { changes { cursor ... on TodoChange { todo { owner { id } } } } } }', 1 + 4 * 3],
    ['mutation { logOut { userErrors { code } } }', 10 + 1],
    ['mutation { createTodo(input: { title: "a" }) { todo { id } userErrors { code path } } }', 10 + 1 + 1],
    ['subscription { changes { cursor ... on TodoChange { todo { id } } ... on UserChange { user { id } } } }', 1 + 1],
    ['{ __schema { types { name } } }', 100],
  ])('%s at %i', (text, cost) => {
    expect(costOf(text)).toBe(cost);
  });

  test('by the values of its variables and their defaults, and by the size that is assumed where there is none', () => {
    const page = 'query ($first: Int = 7) { todos(first: $first) { nodes { id } } }';
    const nodes = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const filtered = 'query ($filter: TodoFilter) { todos(filter: $filter, first: 1) { nodes { id } } }';

    expect([costOf(page, { first: 3 }), costOf(page), costOf(page, { first: null })]).toEqual([4, 8, 21]);
    expect([costOf(nodes, { ids: ['a', 'b'] }), costOf(nodes, { ids: 'a' })]).toEqual([2, 1]);
    expect([costOf(filtered, { filter: { search: 'a' } }), costOf(filtered, { filter: {} }), costOf(filtered)]).toEqual(
      [7, 2, 2],
    );
  });

  test('with a field that is selected twice, and a fragment that is spread twice, counted once', () => {
    const text = `{ me { ...A ...A todos(first: 3) { nodes { id } } } }
      fragment A on User { todos(first: 3) { nodes { owner { id } } } ...B ... on Node { ...B } }
      fragment B on User { sessions { id } }`;

    expect(costOf(text)).toBe(1 + 1 + 3 * 2 + 10);
  });

  test('without what a constant leaves out; what a variable leaves out counts until the answer is there', () => {
    const skipped = '{ me { id } todos @skip(if: true) { nodes { id } } }';
    const perhaps = 'query ($all: Boolean!) { me { id } todos(first: 4) @include(if: $all) { nodes { id } } }';

    expect(costOf(skipped)).toBe(1);
    expect(costOf(perhaps, { all: false })).toBe(1 + 1 + 4);
    expect(metered(perhaps, { me: { id: '1' } }, { all: false })).toBe(1);
  });

  test('in a moment, where its fragments stand for more than could be written out', () => {
    const deep = Array.from(
      { length: 40 },
      (_, n) =>
        `fragment F${n} on User { todos { nodes { owner { ...F${n + 1} } } edges { node { owner { ...F${n + 1} } } } } }`,
    );
    const text = `{ me { ...F0 } } ${deep.join(' ')} fragment F40 on User { id }`;

    expect(() => costOf(text)).toThrow(/stands for more than 5,000 fields/);
  });

  test('at what the SDL of an addition says: arguments, input fields, types, scalars, lists in lists', () => {
    const added = withTypes(
      `extend type Query {
         heavy(a: Int @cost(weight: "3"), b: [HeavyInput!]): Heavy @public @cost(weight: "2.5")
         page(n: Int): [Heavy!] @public @listSize(slicingArguments: ["n"])
         plain: [Heavy!] @public
       }
       input HeavyInput { c: Int @cost(weight: "4"), d: HeavyInput }
       type Heavy @cost(weight: "6") { e: Weighed, f: Kind }
       scalar Weighed @cost(weight: "0.25")
       enum Kind @cost(weight: "2") { ONE }`,
      { Query: { heavy: () => null, page: () => null, plain: () => null } },
    );
    const cost = (text: string, variables?: Record<string, unknown>) => costOf(text, variables, added);

    expect(cost('{ heavy { __typename } }')).toBe(Math.ceil(2.5 + 6));
    expect(cost('{ heavy(a: 1, b: [{ c: 1 }, { d: { c: 2 } }]) { e f } }')).toBe(Math.ceil(2.5 + 3 + 4 + 4 + 6 + 2.25));
    expect(cost('query ($b: [HeavyInput!]) { heavy(b: $b) { f } }', { b: [{ c: 1, d: { c: null } }] })).toBe(
      Math.ceil(2.5 + 4 + 6 + 2),
    );
    expect(cost('{ page(n: 3) { f } }')).toBe(3 * 8);
    expect(cost('{ plain { f } }')).toBe(10 * 8);
    expect(() => cost('{ page { f } }')).toThrow('page needs exactly one of n');
  });
});

describe('once it has run, an answer is metered', () => {
  test('by what is really there: lists as long as they are, nothing for null, the type that it is of', () => {
    const text = `{
      todos(first: 100) { nodes { id owner { id } } totalCount }
      node(id: "a") { ... on User { sessions { id } } ... on Todo { owner { id } } }
    }`;
    const data = {
      todos: {
        nodes: [
          { id: '1', owner: { id: 'a' } },
          { id: '2', owner: null },
        ],
        totalCount: 2,
      },
      node: { sessions: [{ id: 's' }] },
    };

    expect(metered(text, data)).toBe(1 + 2 + 1 + 5 + 1 + 1);
    expect(metered(text, { todos: null, node: null })).toBe(0);
  });

  test('at no more than the estimate where all lists are as long as they may be', () => {
    const text = '{ todos(first: 2) { edges { node { id } } nodes { owner { id } } } }';
    const todo = { id: '1', owner: { id: 'a' } };

    expect(metered(text, { todos: { edges: [{ node: todo }, { node: todo }], nodes: [todo, todo] } })).toBe(
      costOf(text),
    );
  });
});

describe('the SDL', () => {
  test.each([
    ['type T @cost(weight: "much") { a: Int }', 'a number of at least 0'],
    ['type T { a: [Int] @listSize(slicingArguments: ["n"]) }', 'there is no argument n'],
    ['type T { a: T @listSize(sizedFields: ["b"]) }', 'has no field b'],
    ['type T { a: Int @listSize(assumedSize: 3) }', 'it is no list'],
  ])('%s is refused at the start', (types, reason) => {
    expect(() => costWeightsOf(withTypes(types))).toThrow(reason);
  });

  test('says of every connection how long it may be', () => {
    const unsized = Object.values(schema.getTypeMap()).flatMap(type =>
      isObjectType(type)
        ? Object.values(type.getFields())
            .filter(field => String(field.type).endsWith('Connection!'))
            .filter(field => !field.astNode?.directives?.some(({ name }) => name.value === 'listSize'))
            .map(field => `${type.name}.${field.name}`)
        : [],
    );

    expect(unsized).toEqual([]);
  });
});

test('no operation of the README, of GraphiQL and of the benchmarks costs more than a tenth of the limit', () => {
  const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const shown = [...text('README.md').matchAll(/^```graphql\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
  const documents = [...shown, text('src/http/graphiql/tabs.graphql'), LIST.duely.query].map(code => parse(code));

  const costs = documents.flatMap(document =>
    namesOf(document).map(name => {
      const plan = costPlanOf(schema, document, name);
      return plan ? estimate(plan, {}) : Number.NaN;
    }),
  );

  expect(costs.length).toBeGreaterThan(15);
  expect(Math.max(...costs)).toBeLessThan(1_000);
});

const namesOf = (document: DocumentNode): (string | null)[] =>
  document.definitions.flatMap(one => (one.kind === Kind.OPERATION_DEFINITION ? [one.name?.value ?? null] : []));
