import { makeExecutableSchema } from '@graphql-tools/schema';
import { type GraphQLSchema, isSpecifiedDirective, print } from 'graphql';
import { SetupError } from '../platform/errors.ts';

/** The schema of these texts, as the server puts them together. Throws a SetupError that names `where` they stand. */
export function schemaOf(texts: readonly string[], where: string): GraphQLSchema {
  try {
    return makeExecutableSchema({ typeDefs: [...texts] });
  } catch (error) {
    throw new SetupError(`${where} is no SDL that can be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** One document, with the directives that printSchema of graphql-js leaves out; types in the order of their names. */
export function printSdl(schema: GraphQLSchema): string {
  const directives = schema.getDirectives().filter(directive => !isSpecifiedDirective(directive));
  const definitions = [...directives, ...Object.values(schema.getTypeMap())]
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    // What GraphQL itself brings along has none.
    .flatMap(({ astNode }) => (astNode ? [print(astNode)] : []));
  return `${definitions.join('\n\n')}\n`;
}

/** Directives stand in front. */
const rank = (definition: object) => ('locations' in definition ? 0 : 1);
