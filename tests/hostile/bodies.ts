import fc from 'fast-check';

/** A request that nobody who means well would send. */
export interface HostileRequest {
  readonly kind: string;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is broken, cut and mixed: operations of each kind that are sound as they stand. */
const SOUND = [
  { query: '{ me { id todos(first: 3) { nodes { id title owner { username } } totalCount } } }' },
  {
    query: 'query ($f: TodoFilter, $n: Int) { todos(filter: $f, first: $n) { nodes { id } pageInfo { endCursor } } }',
    variables: { f: { search: 'milk', tags: ['home'], completed: false, dueBefore: '2030-01-01T00:00:00.000Z' }, n: 5 },
  },
  {
    query: 'mutation ($i: CreateTodoInput!) { createTodo(input: $i) { todo { id version } userErrors { code path } } }',
    variables: { i: { title: 'Milk', tags: ['a'], dueAt: '2030-01-01T00:00:00.000Z', recurrence: 'FREQ=DAILY' } },
    extensions: { idempotencyKey: 'a key' },
  },
  {
    query: 'mutation ($i: LogInInput!) { logIn(input: $i) { accessToken userErrors { code message } } }',
    variables: { i: { login: 'ada@example.com', password: 'Correct horse 7' } },
  },
  { query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }', variables: { ids: ['todo_1', 'user_2'] } },
  { query: 'query ($c: String) { changes(after: $c) { cursor } }', variables: { c: 'ZmVlZA' } },
  { query: 'subscription ($c: String) { changes(after: $c) { cursor kind } }', variables: { c: null } },
];
const TOKENS =
  '{ } ( ) [ ] : ! $ @ ... = | & # query mutation subscription fragment on me todos nodes id first $a "x" """y""" 1 -1 1.5e9 ' +
  'null true @include(if: $a) __typename __schema on User ...F \u0000 \ufeff é 𝕏 \\u{110000} "\\ud800" 9999999999999999999';
const REPLACED = [
  '',
  '\0',
  '"',
  '{',
  '}',
  '[',
  '\\',
  '\u202e',
  '\ud800',
  '\r\n',
  "'",
  '$',
  '-',
  '9'.repeat(400),
  '%00',
  ';--',
];

const sound = fc.constantFrom(...SOUND);
const json = fc.jsonValue({ maxDepth: 4, noUnicodeString: false });
const text = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');

/** Something of the text replaced: most of it is still what the server knows. */
const spliced = (given: fc.Arbitrary<string>) =>
  fc.tuple(given, fc.nat(), fc.nat(12), fc.constantFrom(...REPLACED)).map(([whole, at, length, instead]) => {
    const start = at % (whole.length + 1);
    return whole.slice(0, start) + instead + whole.slice(start + length);
  });

/** Other values in the place of some, at any depth. */
const withWrongTypes = fc
  .tuple(sound, fc.array(fc.tuple(fc.nat(), json), { minLength: 1, maxLength: 3 }))
  .map(([given, changes]) => {
    const changed: unknown = structuredClone(given);
    const places: [Record<string, unknown>, string][] = [];
    const collect = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return;
      const object = value as Record<string, unknown>;
      for (const key of Object.keys(object)) {
        if (key !== 'query') places.push([object, key]);
        collect(object[key]);
      }
    };
    collect(changed);
    for (const [at, value] of changes) {
      const place = places[at % Math.max(places.length, 1)];
      if (place) place[0][place[1]] = value;
    }
    return text(changed);
  });

const deep = fc
  .tuple(
    fc.integer({ min: 100, max: 50_000 }),
    fc.constantFrom<[string, string]>(['[', ']'], ['{"a":', '}'], ['[{"f":', '}]'], ['[', '']),
  )
  .map(([levels, [open, close]]) =>
    Buffer.from(
      `{"query":"query ($f: TodoFilter) { todos(filter: $f) { totalCount } }","variables":{"f":${open.repeat(levels)}1${close.repeat(levels)}}}`,
    ),
  );

const wide = fc
  .tuple(fc.integer({ min: 100, max: 8_000 }), fc.constantFrom('key', '__proto__', 'constructor', '\u0000'))
  .map(([keys, name]) => {
    const many = Array.from(
      { length: keys },
      (_, n) => `${JSON.stringify(`${name}${n % 3 === 0 ? '' : n}`)}:${n}`,
    ).join(',');
    return Buffer.from(
      `{"query":"query ($f: TodoFilter) { todos(filter: $f) { totalCount } }","variables":{"f":{${many}}}}`,
    );
  });

const wideDocument = fc
  .tuple(
    fc.integer({ min: 30, max: 2_400 }),
    fc.constantFrom('id ', 'a: id ', '...F ', '... { id } ', '@skip ', '"x" ', 'todos { nodes { id } } '),
  )
  .map(([count, piece]) =>
    text({ query: `{ me { ${piece.repeat(count)} } } fragment F on User { id ...G } fragment G on User { id }` }),
  );

const deepDocument = fc
  .tuple(fc.integer({ min: 10, max: 2_000 }), fc.constantFrom('{ a', '(a: [', '... { ', '(a: {b: '))
  .map(([levels, piece]) => text({ query: `{ me ${piece.repeat(levels)}${'}'.repeat(levels)}` }));

const bytes = fc.uint8Array({ maxLength: 200 }).map(array => Buffer.from(array));

const unicode = fc
  .tuple(
    sound,
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.boolean(),
  )
  .map(([given, words, raw, inVariables]) => {
    const whole = inVariables
      ? JSON.stringify({
          ...given,
          variables: { c: words, ids: [words], i: { title: words, login: words, password: words } },
        })
      : JSON.stringify({ ...given, query: given.query.replace('{', `{ # ${words}\n`), operationName: words });
    const at = whole.length >> 1;
    return Buffer.concat([Buffer.from(whole.slice(0, at)), Buffer.from(raw), Buffer.from(whole.slice(at))]);
  });

const huge = fc
  .integer({ min: 400_000, max: 1_400_000 })
  .map(length => text({ query: '{ __typename }', variables: { a: 'x'.repeat(length) }, extensions: { ids: [] } }));

const batch = fc
  .array(
    fc.oneof(
      sound.map(one => one as unknown),
      json,
    ),
    { maxLength: 14 },
  )
  .map(operations => text(operations));

const soup = fc
  .array(fc.constantFrom(...TOKENS.split(' ')), { maxLength: 80 })
  .map(tokens => text({ query: tokens.join(' ') }));

/** By name, with how often each comes. */
const KINDS: Readonly<Record<string, { readonly weight: number; readonly body: fc.Arbitrary<Buffer> }>> = {
  'no JSON': { weight: 10, body: bytes },
  'broken JSON': { weight: 16, body: spliced(sound.map(one => JSON.stringify(one))).map(whole => Buffer.from(whole)) },
  'a broken document': {
    weight: 16,
    body: fc
      .tuple(sound, fc.context())
      .chain(([one]) => spliced(fc.constant(one.query)).map(query => text({ ...one, query }))),
  },
  'tokens in any order': { weight: 12, body: soup },
  'wrong types': { weight: 16, body: withWrongTypes },
  'any JSON': { weight: 8, body: json.map(text) },
  'characters of all kinds': { weight: 12, body: unicode },
  'a batch of anything': { weight: 5, body: batch },
  'wide values': { weight: 2, body: wide },
  'deep values': { weight: 2, body: deep },
  'a wide document': { weight: 2, body: wideDocument },
  'a deep document': { weight: 2, body: deepDocument },
  'a huge body': { weight: 0.25, body: huge },
};

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
const JSON_TYPE = 'application/json';

const headers = fc.record(
  {
    'content-type': fc.oneof(
      { weight: 30, arbitrary: fc.constant(JSON_TYPE) },
      fc.constantFrom(
        'application/json; charset=utf-16',
        'application/graphql+json',
        'text/plain',
        'application/json;;=',
        '',
      ),
    ),
    accept: fc.oneof(
      { weight: 20, arbitrary: fc.constant(JSON_TYPE) },
      fc.constantFrom(
        'application/graphql-response+json',
        '*/*',
        'application/json;charset=utf-8',
        ';;,,q=',
        'text/html',
      ),
    ),
    'idempotency-key': printable,
    'last-event-id': printable,
    'x-request-id': printable,
    'x-forwarded-for': printable,
    'x-cost': fc.constantFrom('1', 'yes'),
    cookie: printable,
    traceparent: fc.oneof(printable, fc.constant(`00-${'0'.repeat(32)}-${'f'.repeat(16)}-01`)),
  },
  { requiredKeys: ['content-type', 'accept'] },
);

const request: fc.Arbitrary<HostileRequest> = fc
  .tuple(
    fc.oneof(
      ...Object.entries(KINDS).map(([kind, { weight, body }]) => ({
        weight: weight * 4,
        arbitrary: body.map(given => ({ kind, body: given })),
      })),
    ),
    headers,
  )
  .map(([given, sent]) => ({ ...given, headers: sent }));

/** So many of them; the same seed gives the same. */
export const hostileRequests = (seed: number, count: number): HostileRequest[] =>
  fc.sample(request, { seed, numRuns: count });

export const HOSTILE_KINDS = Object.keys(KINDS);
