import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { keyOf, type SchemaChange } from './schema-change.ts';
import { compareSchemas } from './schema-changes.ts';
import { dayOf, deprecationFaults, earliestRemoval, listDeprecatable, removalDate } from './schema-deprecations.ts';

export interface GateInput {
  readonly released: GraphQLSchema;
  readonly served: GraphQLSchema;
  /** Breaking changes that are let through, as `RULE path`, each with its reason. */
  readonly exceptions: ReadonlyMap<string, string>;
  readonly now: Date;
}

export interface Verdict {
  readonly changes: readonly SchemaChange[];
  /** Why the served schema may not follow the released one: sentences. Empty where it may. */
  readonly faults: readonly string[];
}

/**
 * Whether clients of the last release can go on. A breaking change is let through where it takes away what the last
 * release had deprecated with a date that has passed, and where it is an exception; everything else that is not breaking is
 * let through and told.
 */
export async function judgeSchema({ released, served, exceptions, now }: GateInput): Promise<Verdict> {
  const changes = await compareSchemas(released, served);
  const breaking = changes.filter(({ level }) => level === 'breaking');
  const removable = findRemovable(released, served, now);
  const refused = breaking.filter(change => !exceptions.has(keyOf(change)) && !isRemoval(change, removable));
  const keys = new Set(breaking.map(keyOf));
  return {
    changes,
    faults: [
      ...refused.map(change => refusal(change, released, now)),
      ...deprecationFaults(released, served),
      ...[...exceptions.keys()]
        .filter(key => !keys.has(key))
        .map(key => `${key} is an exception for a change that is not made: take its line out.`),
    ],
  };
}

const REMOVALS: ReadonlySet<string> = new Set([
  'FIELD_REMOVED',
  'FIELD_ARGUMENT_REMOVED',
  'INPUT_FIELD_REMOVED',
  'ENUM_VALUE_REMOVED',
  'TYPE_REMOVED',
]);

/** Of a union or an interface only that member goes whose type goes. */
function isRemoval({ rule, path }: SchemaChange, removable: ReadonlySet<string>): boolean {
  if (rule === 'UNION_MEMBER_REMOVED') return removable.has(path.split('.')[1] ?? '');
  if (rule === 'OBJECT_TYPE_INTERFACE_REMOVED')
    return path
      .split('.')
      .slice(1)
      .some(name => removable.has(name));
  return REMOVALS.has(rule) && removable.has(path);
}

/** Paths of the released schema that may be missing: what was deprecated until a day before this one, and their types. */
function findRemovable(released: GraphQLSchema, served: GraphQLSchema, now: Date): Set<string> {
  const removable = new Set(
    listDeprecatable(released).flatMap(({ path, reason }) => {
      const date = removalDate(reason ?? '');
      return date && date < dayOf(now) ? [path] : [];
    }),
  );
  // A type goes with all that leads to it; types that lead to each other go together.
  const going = new Set(
    Object.values(released.getTypeMap())
      .filter(({ name }) => !served.getType(name))
      .map(({ name }) => name),
  );
  const uses = usesOfTypes(released);
  for (let before = -1; before !== going.size; ) {
    before = going.size;
    for (const name of going) {
      const of = uses.get(name) ?? [];
      const goes = of.length > 0 && of.every(path => ancestry(path).some(one => removable.has(one) || going.has(one)));
      if (!goes) going.delete(name);
    }
  }
  return new Set([...removable, ...going]);
}

/** An argument with its field and its type: it goes with each of them. */
const ancestry = (path: string) => {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
};

/** The fields and arguments that are of each type. */
function usesOfTypes(schema: GraphQLSchema): Map<string, string[]> {
  const uses = new Map<string, string[]>();
  const add = (type: GraphQLNamedType, path: string) => uses.set(type.name, [...(uses.get(type.name) ?? []), path]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) add(getNamedType(field.type), `${type.name}.${field.name}`);
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      add(getNamedType(field.type), `${type.name}.${field.name}`);
      for (const argument of field.args)
        add(getNamedType(argument.type), `${type.name}.${field.name}.${argument.name}`);
    }
  }
  return uses;
}

function refusal({ path, rule, message }: SchemaChange, released: GraphQLSchema, now: Date): string {
  return `${path}: ${message} That breaks clients of the last release (${rule}). ${remedy(path, rule, released, now)}`;
}

function remedy(path: string, rule: string, released: GraphQLSchema, now: Date): string {
  if (rule === 'TYPE_REMOVED')
    return 'Put it back: a type goes with the fields that lead to it, when all of them were deprecated by a release and their dates have passed.';
  if (!REMOVALS.has(rule)) return 'Leave it as it was, and add what is new beside it under another name.';
  const reason = listDeprecatable(released).find(one => one.path === path)?.reason ?? '';
  const date = removalDate(reason);
  if (date) return `The last release promised it until ${date}: put it back until that day is over.`;
  return `Put it back with @deprecated(reason: "Use … instead. Removed after ${earliestRemoval(now)}."), release that, and take it out when that day is over.`;
}
