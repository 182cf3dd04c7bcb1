import {
  type GraphQLField,
  type GraphQLSchema,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import { z } from 'zod';
import type { SchemaChange } from './schema-change.ts';

// graphql-inspector sees that a directive came or went. What that means to clients follows from what it does.

type Field = GraphQLField<unknown, unknown>;

/** Those whose changes are judged here. */
export const ACCESS_DIRECTIVES = ['public', 'hasRole', 'rateLimit'];

const Role = z.object({ role: z.string() });
const Limit = z.object({ max: z.number(), window: z.number(), by: z.string() });
type Limit = z.infer<typeof Limit>;

/** Changes of who may call the fields that both schemas have, and of how often. */
export function accessChanges(released: GraphQLSchema, served: GraphQLSchema): SchemaChange[] {
  const after = fieldsOf(served);
  const roots = new Set(
    [served.getQueryType(), served.getMutationType(), served.getSubscriptionType()].map(type => type?.name),
  );
  return [...fieldsOf(released)].flatMap(([path, before]) => {
    const now = after.get(path);
    if (!now) return [];
    // Only fields of the root types need a viewer where they are not public.
    const viewer = roots.has(path.split('.')[0]) ? viewerChange(path, before, now) : [];
    return [...viewer, ...roleChange(path, before, now), ...limitChange(path, before, now)];
  });
}

function fieldsOf(schema: GraphQLSchema): Map<string, Field> {
  return new Map(
    Object.values(schema.getTypeMap())
      .filter(type => !isIntrospectionType(type))
      .flatMap(type => (isObjectType(type) || isInterfaceType(type) ? [type] : []))
      .flatMap(type => Object.values(type.getFields()).map(field => [`${type.name}.${field.name}`, field] as const)),
  );
}

/** The arguments of each use of the directive. */
const usesOf = (field: Field, directive: string): Record<string, unknown>[] =>
  (field.astNode?.directives ?? [])
    .filter(({ name }) => name.value === directive)
    .map(use => Object.fromEntries((use.arguments ?? []).map(arg => [arg.name.value, valueFromASTUntyped(arg.value)])));

function viewerChange(path: string, before: Field, now: Field): SchemaChange[] {
  const [was, is] = [before, now].map(field => usesOf(field, 'public').length > 0);
  if (was === is) return [];
  return [
    is
      ? { path, rule: 'VIEWER_NOT_NEEDED', level: 'safe', message: 'Nobody has to be signed in for it any more.' }
      : { path, rule: 'VIEWER_NEEDED', level: 'breaking', message: 'It was @public and now needs a viewer.' },
  ];
}

function roleChange(path: string, before: Field, now: Field): SchemaChange[] {
  const [was, is] = [before, now].map(field => usesOf(field, 'hasRole').map(use => Role.parse(use).role)[0]);
  if (was === is) return [];
  if (!is)
    return [{ path, rule: 'ROLE_NOT_NEEDED', level: 'safe', message: `It needs no role any more; it was ${was}.` }];
  const earlier = was ? `another role, ${is} in place of ${was}` : `the role ${is}`;
  return [{ path, rule: 'ROLE_NEEDED', level: 'breaking', message: `It now needs ${earlier}.` }];
}

/** A client that is refused waits and calls again, so that a stricter limit is dangerous and not breaking. */
function limitChange(path: string, before: Field, now: Field): SchemaChange[] {
  const [was = [], is = []] = [before, now].map(field => usesOf(field, 'rateLimit').map(use => Limit.parse(use)));
  const stricter = is.filter(limit => !was.some(old => allows(limit, old)));
  if (stricter.length > 0)
    return [
      {
        path,
        rule: 'RATE_LIMIT_STRICTER',
        level: 'dangerous',
        message: `It may be called ${stricter.map(shown).join(' and ')}; it was ${was.map(shown).join(' and ') || 'not limited'}.`,
      },
    ];
  const looser = was.some(limit => !is.some(one => allows(limit, one)));
  return looser ? [{ path, rule: 'RATE_LIMIT_LOOSER', level: 'safe', message: 'It may be called more often.' }] : [];
}

/** Whoever keeps to `other` keeps to the limit too. */
const allows = (limit: Limit, other: Limit) =>
  limit.by === other.by && limit.max >= other.max && limit.window <= other.window;

const shown = ({ max, window, by }: Limit) => `${max} times in ${window} s by ${by}`;
