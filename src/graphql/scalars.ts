import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

/** RFC 3339, section 5.6. */
const DATE_TIME_PATTERN = /^(\d{4})-(\d\d)-(\d\d)[Tt](?:[01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
/** What both PostgreSQL and the format can hold. */
const RANGE = { min: Date.parse('0001-01-01T00:00:00.000Z'), max: Date.parse('9999-12-31T23:59:59.999Z') };

function parseDateTime(value: unknown): Date {
  const match = typeof value === 'string' ? DATE_TIME_PATTERN.exec(value) : null;
  const [text, year, month, day] = match ?? [];
  const time = text ? Date.parse(text.toUpperCase()) : Number.NaN;
  const dayExists = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day))).getUTCDate() === Number(day);
  if (Number.isNaN(time) || !dayExists || time < RANGE.min || time > RANGE.max) {
    throw badValue('DateTime has to be an instant by RFC 3339, such as 2026-11-20T09:30:00.000Z.');
  }
  return new Date(time);
}

const POSTGRES_UTC_PATTERN = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?\+00$/;

/** Rows carry PostgreSQL's own text, entities a Date. */
function serializeDateTime(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  if (!POSTGRES_UTC_PATTERN.test(text)) return new Date(text).toISOString();
  const milliseconds = text.length > 22 ? text.slice(20, -3).padEnd(3, '0') : '000';
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

const badValue = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });

export const scalars = {
  DateTime: new GraphQLScalarType<Date, string>({
    name: 'DateTime',
    serialize: serializeDateTime,
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
};

function parseText(value: unknown): string {
  if (typeof value !== 'string') throw badValue('EmailAddress has to be a string.');
  return value;
}
