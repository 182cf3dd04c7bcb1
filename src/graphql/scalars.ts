import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
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
};

function parseText(value: unknown): string {
  if (typeof value !== 'string') throw badValue('EmailAddress has to be a string.');
  return value;
}
