import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  isScalarType,
  Kind,
} from 'graphql';
import { ApiError, unauthenticated } from '../platform/errors.ts';
import type { OperationContext } from './context.ts';
import { type Constraints, inPipeline } from './pipeline.ts';
import { countCall, type FieldLimit, rateLimitsOf } from './rate-limits.ts';
import { scalars } from './scalars.ts';

type Resolver = GraphQLFieldResolver<unknown, OperationContext, Record<string, unknown>, unknown>;
type Field = GraphQLField<unknown, OperationContext>;
type ResolverMap = NonNullable<Parameters<typeof makeExecutableSchema>[0]['resolvers']>;

export interface SchemaOptions {
  /** The SDL, a text for each file. */
  readonly typeDefs: readonly string[];
  readonly resolvers: readonly object[];
  /** What a person is told where the database refuses a value as taken, by the name of its index. */
  readonly constraints: Constraints;
}

/** Where the SDL of the product is: one file for each feature. */
export const SCHEMA_FOLDER = new URL('../../schema/', import.meta.url);

/** The SDL of a folder, a text for each file, in the order of their names. */
export function readTypeDefs(folder = SCHEMA_FOLDER): string[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.graphql'))
    .sort()
    .map(file => readFileSync(new URL(file, folder), 'utf8'));
}

/**
 * The executable schema. Closed by default: a field of Query, Mutation or Subscription that is not `@public` needs a
 * viewer, and every field of Mutation runs in the pipeline, whatever its resolver does.
 */
export function buildSchema({ typeDefs, resolvers, constraints }: SchemaOptions): GraphQLSchema {
  const schema = makeExecutableSchema({
    typeDefs: [...typeDefs],
    resolvers: [scalars, ...resolvers] as ResolverMap,
    resolverValidationOptions: { requireResolversForResolveType: 'ignore', requireResolversToMatchSchema: 'error' },
  });
  // As the features wrote them: the schema's own are bound copies, which are not known to be in phases.
  const mutations: Record<string, Resolver> = Object.assign(
    {},
    ...resolvers.map(map => ('Mutation' in map ? map.Mutation : {})),
  );
  for (const type of Object.values(schema.getTypeMap())) {
    // The scalars that were given instead of the SDL's own have none of its words.
    if (isScalarType(type)) type.description ??= type.astNode?.description?.value;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (type === schema.getQueryType()) protectQuery(field);
      else if (type === schema.getMutationType()) protectMutation(field, mutations[field.name], constraints);
      else if (type === schema.getSubscriptionType()) protectSubscription(field);
      else protectField(field);
    }
  }
  return schema;
}

type Access = { isPublic: boolean; role: string | null; limits: readonly FieldLimit[] };

function accessOf(field: Field): Access {
  const directives = field.astNode?.directives ?? [];
  const role = directives
    .find(({ name }) => name.value === 'hasRole')
    ?.arguments?.find(({ name }) => name.value === 'role')?.value;
  const isPublic = directives.some(({ name }) => name.value === 'public');
  return {
    isPublic,
    role: role?.kind === Kind.ENUM ? role.value : null,
    limits: rateLimitsOf(field, isPublic),
  };
}

/** Throws UNAUTHENTICATED or FORBIDDEN. */
function check({ isPublic, role }: Access, context: OperationContext): void {
  if (!isPublic && !context.viewerOrNull) throw unauthenticated(context.authenticationFailure);
  if (role !== null && context.viewer.role !== role)
    throw new ApiError('FORBIDDEN', `Only for accounts with the role ${role}.`);
}

/** First who asks, then how often: a call without rights uses nobody's limits up. */
function guarded(resolve: Resolver, access: Access): Resolver {
  const run = access.limits.length > 0 ? limited(resolve, access.limits) : resolve;
  return (root, args, context, info) => {
    check(access, context);
    context.fieldsRun += 1;
    return run(root, args, context, info);
  };
}

/** Counts each call of the field, so that an alias, an operation of a batch and a message of a socket are calls alike. */
function limited(resolve: Resolver, limits: readonly FieldLimit[]): Resolver {
  return async (root, args, context, info) => {
    try {
      await countCall(limits, args, context);
      return await resolve(root, args, context, info);
    } catch (error) {
      // By the field's own limits, or by others that its resolver knows.
      if (error instanceof ApiError && error.code === 'RATE_LIMITED') context.fieldsRun -= 1;
      throw error;
    }
  };
}

const resolverOf = (field: Field): Resolver => {
  if (!field.resolve || field.resolve === defaultFieldResolver)
    throw new Error(`${field.name} has no resolver: no field is served before it works.`);
  return field.resolve;
};

function protectQuery(field: Field): void {
  field.resolve = guarded(resolverOf(field), accessOf(field));
}

function protectMutation(field: Field, resolver: Resolver | undefined, constraints: Constraints): void {
  const payload = getNamedType(field.type) as GraphQLObjectType;
  if (!isObjectType(payload) || !payload.getInterfaces().some(({ name }) => name === 'Payload')) {
    throw new Error(`Mutation.${field.name} has to answer with a type that implements Payload.`);
  }
  if (!resolver) throw new Error(`${field.name} has no resolver: no field is served before it works.`);
  const access = accessOf(field);
  field.resolve = guarded(
    inPipeline(resolver, { name: field.name, type: field.type, isPublic: access.isPublic }, constraints),
    access,
  );
}

function protectSubscription(field: Field): void {
  if (!field.subscribe) throw new Error(`${field.name} has no subscribe function: no field is served before it works.`);
  const access = accessOf(field);
  field.subscribe = guarded(field.subscribe, access);
  // Rights are looked at anew for each event: its context has the viewer as they are now.
  field.resolve = guarded(field.resolve ?? defaultFieldResolver, { ...access, limits: [] });
}

/** Fields of other types are as open as the way to them, unless they name a role. */
function protectField(field: Field): void {
  const { role, limits } = accessOf(field);
  if (limits.length > 0) throw new Error(`${field.name} is no field of a root type: its calls cannot be limited.`);
  if (role !== null) field.resolve = guarded(field.resolve ?? defaultFieldResolver, { isPublic: false, role, limits });
}
