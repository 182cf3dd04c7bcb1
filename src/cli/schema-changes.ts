import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import {
  DirectiveLocation,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { z } from 'zod';
import { ACCESS_DIRECTIVES, accessChanges } from './schema-access.ts';
import { keyOf, type SchemaChange } from './schema-change.ts';

const LEVELS = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
} as const;

/** What a client of the released schema meets in the served one, breaking first, by path. */
export async function compareSchemas(released: GraphQLSchema, served: GraphQLSchema): Promise<SchemaChange[]> {
  const found = (await diff(released, served)).filter(change => isSeenByClients(change, released, served));
  const changes = [...found.map(change => toChange(change, served)), ...accessChanges(released, served)];
  const added = new Set(changes.filter(({ rule }) => ADDITIONS.has(rule)).map(({ path }) => path));
  return changes
    .filter(change => !isOfAddition(change, added))
    .toSorted((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level) || compareText(keyOf(a), keyOf(b)));
}

const ADDITIONS: ReadonlySet<string> = new Set(['TYPE_ADDED', 'FIELD_ADDED', 'INPUT_FIELD_ADDED', 'ENUM_VALUE_ADDED']);

/** A new type has fields, and a new field a description: that goes without saying. */
function isOfAddition({ level, rule, path }: SchemaChange, added: ReadonlySet<string>): boolean {
  const names = path.split('.');
  const above = names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
  return level === 'safe' && (above.some(one => added.has(one)) || (rule.includes('DESCRIPTION') && added.has(path)));
}

const ORDER: readonly SchemaChange['level'][] = ['breaking', 'dangerous', 'safe'];
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Deprecations are told by changes of their own kind; what a directive of the server means is judged by what it does. */
function isSeenByClients({ type, path = '' }: Change, released: GraphQLSchema, served: GraphQLSchema): boolean {
  const [, used] = /@(\w+)/.exec(path) ?? [];
  if (type.startsWith('DIRECTIVE_USAGE')) return !(used === 'deprecated' || ACCESS_DIRECTIVES.includes(used ?? ''));
  if (!type.startsWith('DIRECTIVE')) return true;
  const name = used ?? path.split('.')[0] ?? '';
  const locations = [released, served].flatMap(schema => schema.getDirective(name)?.locations ?? []);
  return locations.some(location => EXECUTABLE.has(location));
}

const EXECUTABLE: ReadonlySet<string> = new Set([
  DirectiveLocation.QUERY,
  DirectiveLocation.MUTATION,
  DirectiveLocation.SUBSCRIPTION,
  DirectiveLocation.FIELD,
  DirectiveLocation.FRAGMENT_DEFINITION,
  DirectiveLocation.FRAGMENT_SPREAD,
  DirectiveLocation.INLINE_FRAGMENT,
  DirectiveLocation.VARIABLE_DEFINITION,
]);

function toChange(change: Change, served: GraphQLSchema): SchemaChange {
  const path = pathOf(change);
  const base = { path, rule: change.type, message: `${change.message}.` };
  // To graphql-inspector it is one of any other change of a default, but whoever left it out is refused.
  if (DEFAULT_CHANGED.has(change.type) && isRequired(served, path))
    return { ...base, level: 'breaking', message: `${change.message}, so that it has to be given.` };
  return { ...base, level: LEVELS[change.criticality.level] };
}

const DEFAULT_CHANGED: ReadonlySet<string> = new Set([
  'FIELD_ARGUMENT_DEFAULT_CHANGED',
  'INPUT_FIELD_DEFAULT_VALUE_CHANGED',
]);

/** The rest of what graphql-inspector says of these: their paths name the type alone. */
const Member = z.object({
  removedUnionMemberTypeName: z.string().optional(),
  addedUnionMemberTypeName: z.string().optional(),
  removedInterfaceName: z.string().optional(),
  addedInterfaceName: z.string().optional(),
});
const MEMBERS = /^(UNION_MEMBER|OBJECT_TYPE_INTERFACE)_/;

/** One for each change: exceptions name changes by it. */
function pathOf({ type, path = '', meta }: Change): string {
  const members = MEMBERS.test(type) ? Object.values(Member.parse(meta)) : [];
  return [path.replace(/\.@deprecated$/, ''), ...members].filter(Boolean).join('.');
}

/** Whether the argument or the field of an input has to be given. */
function isRequired(schema: GraphQLSchema, path: string): boolean {
  const [typeName = '', fieldName = '', argumentName] = path.split('.');
  const type = schema.getType(typeName);
  if (isInputObjectType(type)) {
    const field = type.getFields()[fieldName];
    return field !== undefined && isRequiredInputField(field);
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  return (type.getFields()[fieldName]?.args ?? []).some(arg => arg.name === argumentName && isRequiredArgument(arg));
}
