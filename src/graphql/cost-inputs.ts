import {
  type ArgumentNode,
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type ValueNode,
} from 'graphql';
import type { CostWeights } from './cost-weights.ts';

export type Variables = Readonly<Record<string, unknown>>;

/** What an argument costs, by the values of the variables. */
export type InputCost = (variables: Variables) => number;

/** Null where it was not given, or nothing of it can weigh. */
export function inputCostOf(
  weights: CostWeights,
  argument: GraphQLArgument,
  given: readonly ArgumentNode[] = [],
): InputCost | null {
  const value = given.find(({ name }) => name.value === argument.name)?.value;
  const own = weights.ofInput(argument);
  if (!value || (own === 0 && !weights.inputsMayWeigh(argument.type))) return null;
  return variables => {
    const plain = plainValue(value, variables);
    return plain === null || plain === undefined ? 0 : own + weightIn(weights, argument.type, plain);
  };
}

/** What weighs in a value; of the value itself its argument or field says. */
function weightIn(weights: CostWeights, given: GraphQLInputType, value: unknown): number {
  const type = getNullableType(given);
  if (value === null || !weights.inputsMayWeigh(type)) return 0;
  if (isListType(type)) {
    const items = Array.isArray(value) ? value : [value];
    return items.reduce<number>((sum, item) => sum + weightIn(weights, type.ofType, item), 0);
  }
  if (!isInputObjectType(type) || typeof value !== 'object') return 0;
  const fields = type.getFields();
  let sum = 0;
  for (const [name, inner] of Object.entries(value as object)) {
    const field = fields[name];
    if (field && inner !== null && inner !== undefined)
      sum += weights.ofInput(field) + weightIn(weights, field.type, inner);
  }
  return sum;
}

/** The value as JSON would have it; what a missing variable stands for is undefined. */
function plainValue(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.LIST:
      return node.values.map(value => plainValue(value, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, plainValue(value, variables)]));
    case Kind.NULL:
      return null;
    default:
      // Only whether it is there counts.
      return true;
  }
}
