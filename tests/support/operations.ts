import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputField,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  OperationTypeNode,
} from 'graphql';

export type OperationKind = `${OperationTypeNode}`;
export type Field = GraphQLField<unknown, unknown>;

/** A valid operation of one field. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Values of the right kinds, by the names of the scalars. */
const DUMMIES: Readonly<Record<string, unknown>> = {
  ID: 'todo_01kabc0000e0080000000000zz',
  String: 'anything',
  Int: 1,
  Float: 1.5,
  Boolean: true,
  DateTime: '2030-01-02T03:04:05.000Z',
  EmailAddress: 'somebody@example.com',
  URL: 'http://localhost:3000/back',
  CurrencyCode: 'USD',
  SafeInt: 1,
  StringMap: {},
};

/** Of inputs that not every value of their scalar is good for, by their names. */
const DUMMIES_BY_NAME: Readonly<Record<string, unknown>> = { recurrence: 'FREQ=DAILY' };

/** May stand in the place of another input, and not beside it. */
const ALTERNATIVES = ['remindMinutesBefore'];

/** Every field of the root types. */
export function rootFields(schema: GraphQLSchema): { kind: OperationKind; field: Field }[] {
  return Object.values(OperationTypeNode).flatMap(kind =>
    Object.values(schema.getRootType(kind)?.getFields() ?? {}).map(field => ({ kind, field })),
  );
}

export const hasDirective = ({ astNode }: Field, directive: string): boolean =>
  astNode?.directives?.some(({ name }) => name.value === directive) ?? false;

/** The field with all that it demands and the least that may be selected. `args` are given instead of dummies. */
export function operationOf(
  kind: OperationKind,
  field: Field,
  args: Record<string, unknown> = {},
  selection = '__typename',
): GeneratedOperation {
  const given = field.args.filter(arg => arg.name in args || isRequired(arg));
  const declared = given.map(arg => `$${arg.name}: ${arg.type}`).join(', ');
  const passed = given.map(arg => `${arg.name}: $${arg.name}`).join(', ');
  const below = isLeafType(getNamedType(field.type)) ? '' : ` { ${selection} }`;
  return {
    query: `${kind}${declared && ` (${declared})`} { ${field.name}${passed && `(${passed})`}${below} }`,
    variables: Object.fromEntries(given.map(arg => [arg.name, arg.name in args ? args[arg.name] : dummyOf(arg.type)])),
  };
}

/** Selects the user errors of a payload; of anything else the least. */
export function errorsSelection({ type }: Field): string {
  const named = getNamedType(type);
  return isObjectType(named) && 'userErrors' in named.getFields() ? 'userErrors { code path message }' : '__typename';
}

/** Where a field takes an id: the names from its argument to the input field. */
export type IdPlace = readonly string[];

export const idPlaces = ({ args }: Field): IdPlace[] => args.flatMap(arg => placesIn(arg, []));

function placesIn({ name, type }: GraphQLArgument | GraphQLInputField, above: IdPlace): IdPlace[] {
  const named = getNamedType(type);
  const place = [...above, name];
  if (named.name === 'ID') return [place];
  // An input type inside itself takes the same ids again.
  if (!isInputObjectType(named) || above.length > 4) return [];
  return Object.values(named.getFields()).flatMap(inner => placesIn(inner, place));
}

/** The arguments of the field with this id in that place, and all else that they may carry, but for other ids. */
export function argumentsWith({ args }: Field, place: IdPlace, id: unknown): Record<string, unknown> {
  return Object.fromEntries(
    args.map(arg => [arg.name, valueWith(arg, place, id)] as const).filter(([, value]) => value !== undefined),
  );
}

function valueWith(input: GraphQLArgument | GraphQLInputField, [name, ...below]: IdPlace, id: unknown): unknown {
  const here = input.name === name;
  const named = getNamedType(input.type);
  if (here && below.length === 0) return listed(input.type, id);
  if (isInputObjectType(named)) {
    // Not every way into input types that hold themselves has an end.
    if (!here && !isRequired(input)) return undefined;
    const inner = Object.values(named.getFields()).map(
      field => [field.name, valueWith(field, here ? below : [], id)] as const,
    );
    return listed(input.type, Object.fromEntries(inner.filter(([, value]) => value !== undefined)));
  }
  // An id that nobody asked about and a version that is behind would be refused for themselves.
  if (!isRequired(input) && (named.name === 'ID' || input.name === 'expectedVersion')) return undefined;
  if (!isRequired(input) && ALTERNATIVES.includes(input.name)) return undefined;
  return DUMMIES_BY_NAME[input.name] ?? dummyOf(input.type);
}

const isRequired = (input: GraphQLArgument | GraphQLInputField): boolean =>
  isInputField(input) ? isRequiredInputField(input) : isRequiredArgument(input);

function dummyOf(type: GraphQLInputType): unknown {
  const named = getNamedType(type);
  if (isEnumType(named)) return listed(type, named.getValues()[0]?.name);
  if (isInputObjectType(named)) {
    const required = Object.values(named.getFields()).filter(isRequired);
    return listed(type, Object.fromEntries(required.map(field => [field.name, dummyOf(field.type)])));
  }
  if (!(named.name in DUMMIES)) throw new Error(`There is no dummy value for ${named.name}: add one.`);
  return listed(type, DUMMIES[named.name]);
}

function listed(type: GraphQLInputType, value: unknown): unknown {
  const nullable = isNonNullType(type) ? type.ofType : type;
  return isListType(nullable) ? [listed(nullable.ofType, value)] : value;
}
