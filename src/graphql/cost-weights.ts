import {
  type ConstDirectiveNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  valueFromASTUntyped,
} from 'graphql';
import { z } from 'zod';

type Field = GraphQLField<unknown, unknown>;
type Input = GraphQLArgument | GraphQLInputField;

/** How long a field's list may be: what a `@listSize` says, with its defaults. */
export interface ListSize {
  readonly assumedSize: number;
  readonly slicingArguments: readonly string[];
  /** Empty where the field is the list itself. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/** What the SDL says of costs: see `@cost` and `@listSize` there. */
export interface CostWeights {
  /** Once for each object that the field is asked of. */
  ofField(field: Field): number;
  /** Once for each value. */
  ofType(type: GraphQLNamedType): number;
  /** Once where it is given; what is in it aside. */
  ofInput(input: Input): number;
  /** Whether this type, or what lies in it, has a weight that is not 0. */
  inputsMayWeigh(type: GraphQLInputType): boolean;
  /** Null for what is no list and has none in it that it sizes. */
  listSize(field: Field): ListSize | null;
}

const MUTATION_WEIGHT = 10;
const UNSAID_SIZE = 10;

const Weight = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .transform(Number);
const ListSizeArguments = z.strictObject({
  assumedSize: z.int().min(0).nullish(),
  slicingArguments: z.array(z.string()).nullish(),
  sizedFields: z.array(z.string()).nullish(),
  requireOneSlicingArgument: z.boolean().default(true),
});

const known = new WeakMap<GraphQLSchema, CostWeights>();

/** The weights of a schema, read once. Throws where a directive makes no sense. */
export function costWeightsOf(schema: GraphQLSchema): CostWeights {
  const weights = known.get(schema) ?? readWeights(schema);
  known.set(schema, weights);
  return weights;
}

function readWeights(schema: GraphQLSchema): CostWeights {
  const fields = new Map<Field, number>();
  const types = new Map<GraphQLNamedType, number>();
  const inputs = new Map<Input, number>();
  const sizes = new Map<Field, ListSize>();
  for (const type of Object.values(schema.getTypeMap())) {
    const directives = [type.astNode, ...(type.extensionASTNodes ?? [])].flatMap(node => node?.directives ?? []);
    types.set(type, weightOf(directives, type.name) ?? (isCompositeType(type) ? 1 : 0));
    if (isInputObjectType(type)) readInputs(Object.values(type.getFields()), type.name, inputs);
    if (!('getFields' in type) || isInputObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const place = `${type.name}.${field.name}`;
      const unsaid = type === schema.getMutationType() ? MUTATION_WEIGHT : 0;
      fields.set(field, weightOf(field.astNode?.directives, place) ?? unsaid);
      readInputs(field.args, place, inputs);
      const size = readListSize(field, place);
      if (size) sizes.set(field, size);
    }
  }

  const heavy = heavyTypes(schema, inputs);
  return {
    ofField: field => fields.get(field) ?? 0,
    ofType: type => types.get(type) ?? 0,
    ofInput: input => inputs.get(input) ?? 0,
    inputsMayWeigh: type => heavy.has(getNamedType(type)),
    listSize: field => sizes.get(field) ?? null,
  };
}

function readInputs(given: readonly Input[], place: string, inputs: Map<Input, number>): void {
  for (const input of given) {
    const weight = weightOf(input.astNode?.directives, `${place}.${input.name}`);
    if (weight) inputs.set(input, weight);
  }
}

/** The input types in which something weighs, at whatever depth: they may lie in each other, and in themselves. */
function heavyTypes(schema: GraphQLSchema, inputs: ReadonlyMap<Input, number>): ReadonlySet<GraphQLNamedType> {
  const heavy = new Set<GraphQLNamedType>();
  const types = Object.values(schema.getTypeMap()).filter(isInputObjectType);
  for (let before = -1; before < heavy.size; ) {
    before = heavy.size;
    for (const type of types) {
      const fields = Object.values(type.getFields());
      if (fields.some(field => inputs.has(field) || heavy.has(getNamedType(field.type)))) heavy.add(type);
    }
  }
  return heavy;
}

const argumentsOf = (directive: ConstDirectiveNode) =>
  Object.fromEntries(directive.arguments?.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]) ?? []);

function weightOf(directives: readonly ConstDirectiveNode[] | undefined, place: string): number | null {
  const cost = directives?.find(({ name }) => name.value === 'cost');
  if (!cost) return null;
  const { success, data } = Weight.safeParse(argumentsOf(cost).weight);
  if (!success) throw new Error(`@cost of ${place} needs a weight that is a number of at least 0, as text: "2.5".`);
  return data;
}

function readListSize(field: Field, place: string): ListSize | null {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === 'listSize');
  if (!directive) return isList(field) ? UNSAID : null;
  const given = ListSizeArguments.parse(argumentsOf(directive));
  const slicingArguments = given.slicingArguments ?? [];
  const sizedFields = given.sizedFields ?? [];
  for (const name of slicingArguments)
    if (!field.args.some(arg => arg.name === name))
      throw new Error(`@listSize of ${place}: there is no argument ${name}.`);
  const type = getNamedType(field.type);
  for (const name of sizedFields)
    if (!isObjectType(type) || !type.getFields()[name])
      throw new Error(`@listSize of ${place}: ${type.name} has no field ${name}.`);
  if (sizedFields.length === 0 && !isList(field)) throw new Error(`@listSize of ${place}: it is no list.`);
  return {
    assumedSize: given.assumedSize ?? UNSAID_SIZE,
    slicingArguments,
    sizedFields,
    requireOneSlicingArgument: slicingArguments.length > 0 && given.requireOneSlicingArgument,
  };
}

const UNSAID: ListSize = {
  assumedSize: UNSAID_SIZE,
  slicingArguments: [],
  sizedFields: [],
  requireOneSlicingArgument: false,
};

/** Whether a field gives a list. */
export const isList = ({ type }: Pick<Field, 'type'>): boolean => isListType(isNonNullType(type) ? type.ofType : type);
