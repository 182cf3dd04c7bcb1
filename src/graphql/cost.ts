import { valueFromASTUntyped } from 'graphql';
import type { Variables } from './cost-inputs.ts';
import type { CostedField, CostedSize, CostPlan } from './cost-plan.ts';

/** The costs of plans that no variable changes. */
const constants = new WeakMap<CostPlan, number>();

/** The most that an operation may cost with these variables, in whole points. */
export function estimate(plan: CostPlan, given: Variables): number {
  const constant = constants.get(plan);
  if (constant !== undefined) return constant;
  const variables = withDefaults(plan, given);
  const cost = Math.ceil(sumOf(plan.fields, variables, null));
  if (!plan.operation.variableDefinitions?.length) constants.set(plan, cost);
  return cost;
}

/** What an answer did cost: each list as long as it really is, and nothing of what is not there. */
export function meter(plan: CostPlan, given: Variables, data: object): number {
  return Math.ceil(meterObject(plan.fields, withDefaults(plan, given), data));
}

function withDefaults({ operation }: CostPlan, given: Variables): Variables {
  const defaults = operation.variableDefinitions?.filter(({ defaultValue }) => defaultValue) ?? [];
  if (defaults.length === 0) return given;
  return {
    ...Object.fromEntries(
      defaults.map(({ variable, defaultValue }) => [
        variable.name.value,
        defaultValue && valueFromASTUntyped(defaultValue),
      ]),
    ),
    ...given,
  };
}

/** `sized`: how many there may be in the fields that the one above sizes. */
function sumOf(
  fields: readonly CostedField[],
  variables: Variables,
  sized: { readonly names: readonly string[]; readonly size: number } | null,
): number {
  let sum = 0;
  for (const field of fields) {
    const size = field.size && sizeOf(field.size, variables);
    const below = size !== null && field.sizedFields.length > 0 ? { names: field.sizedFields, size } : null;
    let deepest = 0;
    for (const variant of field.below) deepest = Math.max(deepest, sumOf(variant, variables, below));
    const count = !field.isList ? 1 : sized?.names.includes(field.name) ? sized.size : (size ?? 0);
    sum += onceOf(field, variables) + count * (field.each + deepest);
  }
  return sum;
}

function onceOf({ own, inputs }: CostedField, variables: Variables): number {
  let sum = own;
  for (const input of inputs) sum += input(variables);
  return sum;
}

/** No field gives more: one that is asked for more refuses it itself, and says what it takes. */
const LIST_MAX = 1_000;

function sizeOf({ slices, assumed }: CostedSize, variables: Variables): number {
  let largest: number | null = null;
  for (const slice of slices) {
    const size = typeof slice === 'number' ? slice : lengthOf(variables[slice.variable]);
    if (size !== null) largest = Math.max(largest ?? 0, Math.min(size, LIST_MAX));
  }
  return largest ?? assumed;
}

/** Null where the variable says nothing, or what no such variable can be: that is refused when it runs. */
function lengthOf(value: unknown): number | null {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.max(0, value);
  if (Array.isArray(value)) return value.length;
  return typeof value === 'string' ? 1 : null;
}

function meterObject(fields: readonly CostedField[], variables: Variables, object: object): number {
  let sum = 0;
  for (const field of fields) {
    const value = (object as Readonly<Record<string, unknown>>)[field.key];
    // Skipped, or of another type than the object is of.
    if (value === undefined) continue;
    sum += onceOf(field, variables) + meterValue(field, variables, value);
  }
  return sum;
}

function meterValue(field: CostedField, variables: Variables, value: unknown): number {
  if (value === null) return 0;
  if (Array.isArray(value)) {
    let sum = 0;
    for (const item of value) sum += meterValue(field, variables, item);
    return sum;
  }
  if (field.below.length === 0 || typeof value !== 'object') return field.each;
  let deepest = 0;
  // The answer need not say of which type it is: of another one it has only what both have in common.
  for (const variant of field.below) deepest = Math.max(deepest, meterObject(variant, variables, value));
  return field.each + deepest;
}
