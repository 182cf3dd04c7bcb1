import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { instantText, readInstant } from '../platform/instant.ts';

function parseDateTime(value: unknown): Date {
  const time = readInstant(value);
  if (!time) throw badValue('DateTime has to be an instant by RFC 3339, such as 2026-11-20T09:30:00.000Z.');
  return time;
}

const badValue = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });

export const scalars = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: instantText,
    parseValue: parseDateTime,
    parseLiteral: node => parseDateTime(node.kind === Kind.STRING ? node.value : null),
  }),
  // Whether it is an address is said where it is used, to the person who typed it.
  EmailAddress: new GraphQLScalarType<string, string>({
    name: 'EmailAddress',
    serialize: String,
    parseValue: parseText,
    parseLiteral: node => parseText(node.kind === Kind.STRING ? node.value : null),
  }),
  URL: new GraphQLScalarType<string, string>({
    name: 'URL',
    serialize: String,
    parseValue: parseUrl,
    parseLiteral: node => parseUrl(node.kind === Kind.STRING ? node.value : null),
  }),
  // Whether anything is sold in it is said where it is used.
  CurrencyCode: new GraphQLScalarType<string, string>({
    name: 'CurrencyCode',
    serialize: String,
    parseValue: parseCurrencyCode,
    parseLiteral: node => parseCurrencyCode(node.kind === Kind.STRING ? node.value : null),
  }),
  SafeInt: new GraphQLScalarType<bigint, number>({
    name: 'SafeInt',
    serialize: toSafeInt,
    parseValue: parseSafeInt,
    parseLiteral: node => parseSafeInt(node.kind === Kind.INT ? BigInt(node.value) : null),
  }),
  StringMap: new GraphQLScalarType<StringMap, StringMap>({
    name: 'StringMap',
    serialize: parseStringMap,
    parseValue: parseStringMap,
    parseLiteral: node => parseStringMap(stringFieldsOf(node)),
  }),
};

type StringMap = Readonly<Record<string, string>>;

function parseText(value: unknown): string {
  if (typeof value !== 'string') throw badValue('EmailAddress has to be a string.');
  return value;
}

/** As it was given: what a parser makes of it may differ from what was registered somewhere, a slash at the end even. */
function parseUrl(value: unknown): string {
  if (typeof value !== 'string' || !/^https?:\/\/[^\s\\]+$/i.test(value) || !URL.canParse(value))
    throw badValue('URL has to be an absolute address of http or https, such as https://app.example.com/paid.');
  return value;
}

function parseCurrencyCode(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value))
    throw badValue('CurrencyCode has to be three capital letters by ISO 4217, such as USD.');
  return value;
}

const SAFE_INT_MAX = BigInt(Number.MAX_SAFE_INTEGER);
const isSafe = (value: bigint) => value <= SAFE_INT_MAX && value >= -SAFE_INT_MAX;

/** A JSON number that is no safe integer was something else before it was read, so it is refused instead of rounded. */
function parseSafeInt(value: unknown): bigint {
  const read = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof read !== 'bigint' || !isSafe(read))
    throw badValue(`SafeInt has to be a whole number from ${-SAFE_INT_MAX} to ${SAFE_INT_MAX}, not text.`);
  return read;
}

/** Rows carry a bigint of PostgreSQL's as text, entities as a bigint. */
function toSafeInt(value: unknown): number {
  const read = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? BigInt(value) : value;
  if (typeof read === 'number' && Number.isSafeInteger(read)) return read;
  if (typeof read === 'bigint' && isSafe(read)) return Number(read);
  throw new TypeError('A value is no SafeInt.');
}

function parseStringMap(value: unknown): StringMap {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isMap || Object.values(value).some(inner => typeof inner !== 'string'))
    throw badValue('StringMap has to be an object whose values are strings.');
  return value as StringMap;
}

/** What is no string becomes null, and is refused as that. */
const stringFieldsOf = (node: ValueNode): unknown =>
  node.kind === Kind.OBJECT
    ? Object.fromEntries(
        node.fields.map(({ name, value }) => [name.value, value.kind === Kind.STRING ? value.value : null]),
      )
    : null;
