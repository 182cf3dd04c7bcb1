import fc from 'fast-check';
import { GraphQLError, type GraphQLScalarType, parseValue } from 'graphql';
import { expect, test } from 'vitest';
import { scalars } from '../../src/graphql/scalars.ts';
import { createSchema } from '../../src/schema.ts';

const { SafeInt, URL: Url, CurrencyCode, StringMap } = scalars;
const refusal = expect.objectContaining({ extensions: expect.objectContaining({ code: 'BAD_REQUEST' }) });
const literal = (scalar: GraphQLScalarType<unknown>, text: string) => scalar.parseLiteral(parseValue(text), {});
const caught = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

test('SafeInt takes every safe integer as a bigint, from a variable and from the document, and gives it back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), number => {
      expect(SafeInt.parseValue(number)).toBe(BigInt(number));
      expect(literal(SafeInt, String(number))).toBe(BigInt(number));
      expect([SafeInt.serialize(number), SafeInt.serialize(BigInt(number)), SafeInt.serialize(String(number))]).toEqual(
        Array(3).fill(Object.is(number, -0) ? 0 : number),
      );
    }),
  );
});

test.each([1.5, 2 ** 53, -(2 ** 53), Number.NaN, Infinity, '5', '', true, null, [], {}])(
  'SafeInt refuses %j from a variable',
  value => {
    expect(caught(() => SafeInt.parseValue(value))).toEqual(refusal);
  },
);

test.each(['9007199254740992', '-9007199254740993', '1.0', '1e3', '"5"', 'null', '[1]', 'FIVE'])(
  'SafeInt refuses %s from the document',
  text => {
    expect(caught(() => literal(SafeInt, text))).toEqual(refusal);
  },
);

test.each([2n ** 53n, '9007199254740993', '5.0', '', 1.5, null])(
  'SafeInt gives nothing out that a client would round: %s',
  value => {
    expect(() => SafeInt.serialize(value)).toThrow(TypeError);
  },
);

test.each(['USD', 'PKR', 'JPY', 'XYZ'])('CurrencyCode takes %s', code => {
  expect([CurrencyCode.parseValue(code), literal(CurrencyCode, `"${code}"`), CurrencyCode.serialize(code)]).toEqual(
    Array(3).fill(code),
  );
});

test.each(['usd', 'US', 'USDT', 'U$D', ' USD', 'USD\n', '', 5, null])('CurrencyCode refuses %j', value => {
  expect(caught(() => CurrencyCode.parseValue(value))).toEqual(refusal);
});

test.each([
  'https://app.example.com',
  'http://localhost:3000/paid?order=5#end',
  'HTTPS://EXAMPLE.COM/',
  'https://[::1]/',
])('URL takes %s as it stands', address => {
  expect([Url.parseValue(address), literal(Url, JSON.stringify(address)), Url.serialize(address)]).toEqual(
    Array(3).fill(address),
  );
});

test.each([
  'app.example.com',
  '/paid',
  '//example.com',
  'javascript:alert(1)',
  'data:text/html,x',
  'ftp://example.com',
  'https://',
  'https:example.com',
  'https:///example.com path',
  'https://example.com\\@evil.example',
  ' https://example.com',
  'https://exa mple.com',
  'https://example.com/\nSet-Cookie: a=b',
  '',
  5,
  null,
])('URL refuses %j', value => {
  expect(caught(() => Url.parseValue(value))).toEqual(refusal);
});

test('StringMap gives an object of strings, and nothing else', () => {
  const fields = { pp_Amount: '1000', pp_Empty: '' };

  expect(StringMap.serialize(fields)).toEqual(fields);
  expect(literal(StringMap, '{ pp_Amount: "1000", pp_Empty: "" }')).toEqual(fields);
  for (const value of [{ a: 1 }, { a: null }, ['a'], 'a', null, 5])
    expect(caught(() => StringMap.parseValue(value))).toEqual(refusal);
  expect(caught(() => literal(StringMap, '{ a: 1 }'))).toEqual(refusal);
});

test('what a scalar refuses is told as an error of GraphQL, which names the scalar', () => {
  const error = caught(() => SafeInt.parseValue('5'));

  expect(error).toBeInstanceOf(GraphQLError);
  expect(String(error)).toContain('SafeInt');
});

test('introspection has the description of each scalar', () => {
  const schema = createSchema();

  const described = Object.keys(scalars).map(name => [name, schema.getType(name)?.description]);

  expect(described).toEqual(Object.keys(scalars).map(name => [name, expect.stringMatching(/./)]));
});
