import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from 'graphql';
import { type InputCost, inputCostOf } from './cost-inputs.ts';
import { type CostWeights, costWeightsOf, isList } from './cost-weights.ts';
import { tooComplex } from './limits.ts';

/** A field of an operation that costs something, or that has something below it that does. */
export interface CostedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly name: string;
  /** Once for each object that it is asked of. */
  readonly own: number;
  /** Of its arguments, also once. */
  readonly inputs: readonly InputCost[];
  readonly isList: boolean;
  /** Each value. */
  readonly each: number;
  /** How many values there may be, here or in the fields that it sizes; null where that is not for it to say. */
  readonly size: CostedSize | null;
  readonly sizedFields: readonly string[];
  /** What is asked of a value, for each type that it may be of. */
  readonly below: readonly (readonly CostedField[])[];
}

export interface CostedSize {
  /** A number, or the name of the variable that says it. */
  readonly slices: readonly (number | { readonly variable: string })[];
  readonly assumed: number;
}

/** What an operation costs, as far as that can be said without its variables. */
export interface CostPlan {
  readonly fields: readonly CostedField[];
  /** Of its variables, where the operation has them. */
  readonly operation: OperationDefinitionNode;
}

/** The schema tells of itself in hundreds of objects, and is asked for once. */
const INTROSPECTION_WEIGHTS: Readonly<Record<string, number>> = { __schema: 100, __type: 10 };
/** Fragments can be spread in each other in more ways than could ever be written out. */
const SELECTIONS_MAX = 5_000;

const known = new WeakMap<GraphQLSchema, WeakMap<DocumentNode, Map<string, CostPlan>>>();

/**
 * The plan of an operation in a document that was validated; kept with the document, which is parsed once and kept. Null where
 * there is no such operation. Throws TOO_COMPLEX where the fragments stand for too much, and BAD_REQUEST where a slicing
 * argument is missing.
 */
export function costPlanOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
): CostPlan | null {
  const bySchema = known.get(schema) ?? new WeakMap<DocumentNode, Map<string, CostPlan>>();
  known.set(schema, bySchema);
  const byName = bySchema.get(document) ?? new Map<string, CostPlan>();
  bySchema.set(document, byName);
  const name = operationName ?? '';
  const found = byName.get(name);
  if (found) return found;
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) return null;
  const plan = { fields: new Planner(schema, document).plan(root, [operation.selectionSet]), operation };
  byName.set(name, plan);
  return plan;
}

type Variant = readonly CostedField[];

class Planner {
  readonly #schema: GraphQLSchema;
  readonly #weights: CostWeights;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  #selections = 0;

  constructor(schema: GraphQLSchema, document: DocumentNode) {
    this.#schema = schema;
    this.#weights = costWeightsOf(schema);
    this.#fragments = new Map(
      document.definitions.flatMap(one => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one]] : [])),
    );
  }

  plan(type: GraphQLObjectType, selectionSets: readonly SelectionSetNode[]): Variant {
    const byKey = new Map<string, FieldNode[]>();
    const spread = new Set<string>();
    for (const selectionSet of selectionSets) this.#collect(selectionSet, type, byKey, spread);
    return [...byKey].flatMap(([key, nodes]) => this.#planField(type, key, nodes) ?? []);
  }

  /** As the executor collects fields: what is spread twice counts once, and so does a field that is selected twice. */
  #collect(
    { selections }: SelectionSetNode,
    type: GraphQLObjectType,
    byKey: Map<string, FieldNode[]>,
    spread: Set<string>,
  ): void {
    for (const selection of selections) {
      this.#selections += 1;
      if (this.#selections > SELECTIONS_MAX)
        throw tooComplex(
          `The operation stands for more than ${SELECTIONS_MAX.toLocaleString('en')} fields with its fragments written out: spread fewer in each other.`,
        );
      if (isNeverIncluded(selection.directives)) continue;
      switch (selection.kind) {
        case Kind.FIELD: {
          const key = selection.alias?.value ?? selection.name.value;
          const nodes = byKey.get(key);
          if (nodes) nodes.push(selection);
          else byKey.set(key, [selection]);
          break;
        }
        case Kind.INLINE_FRAGMENT: {
          const on = selection.typeCondition && typeFromAST(this.#schema, selection.typeCondition);
          if (this.#isOf(type, on)) this.#collect(selection.selectionSet, type, byKey, spread);
          break;
        }
        case Kind.FRAGMENT_SPREAD: {
          const fragment = this.#fragments.get(selection.name.value);
          if (!fragment || spread.has(selection.name.value)) break;
          spread.add(selection.name.value);
          if (this.#isOf(type, typeFromAST(this.#schema, fragment.typeCondition)))
            this.#collect(fragment.selectionSet, type, byKey, spread);
          break;
        }
      }
    }
  }

  #isOf(type: GraphQLObjectType, condition: GraphQLNamedType | undefined): boolean {
    return !condition || condition === type || (isAbstractType(condition) && this.#schema.isSubType(condition, type));
  }

  /** Null where nothing of it costs anything. */
  #planField(parent: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): CostedField | null {
    const [node] = nodes;
    const name = node?.name.value ?? '';
    const field = parent.getFields()[name];
    const introspection = INTROSPECTION_WEIGHTS[name];
    if (introspection) return { ...LEAF, key, name, own: introspection };
    if (!node || !field) return null;
    const type = getNamedType(field.type);
    const size = this.#weights.listSize(field);
    const planned: CostedField = {
      key,
      name,
      own: this.#weights.ofField(field),
      inputs: field.args.flatMap(arg => inputCostOf(this.#weights, arg, node.arguments) ?? []),
      isList: isList(field),
      each: this.#weights.ofType(type),
      size: size && {
        slices: slicesOf(node, size.slicingArguments, size.requireOneSlicingArgument),
        assumed: size.assumedSize,
      },
      sizedFields: size?.sizedFields ?? [],
      below: isCompositeType(type) ? this.#planBelow(type, nodes) : [],
    };
    const costs = planned.own > 0 || planned.inputs.length > 0 || planned.each > 0 || planned.below.length > 0;
    return costs ? planned : null;
  }

  #planBelow(type: GraphQLNamedType, nodes: readonly FieldNode[]): Variant[] {
    const selectionSets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const types = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    return types
      .filter(isObjectType)
      .map(possible => this.plan(possible, selectionSets))
      .filter(variant => variant.length > 0);
  }
}

const LEAF = { inputs: [], isList: false, each: 0, size: null, sizedFields: [], below: [] } as const;

/** By a constant; what a variable says may be otherwise the next time. */
function isNeverIncluded(directives: readonly DirectiveNode[] | undefined): boolean {
  return (directives ?? []).some(({ name, arguments: given }) => {
    const condition = given?.[0]?.value;
    if (condition?.kind !== Kind.BOOLEAN) return false;
    return (name.value === 'skip' && condition.value) || (name.value === 'include' && !condition.value);
  });
}

function slicesOf(node: FieldNode, names: readonly string[], exactlyOne: boolean): CostedSize['slices'] {
  const given = (node.arguments ?? []).filter(
    ({ name, value }) => names.includes(name.value) && value.kind !== Kind.NULL,
  );
  if (exactlyOne && given.length !== 1)
    throw new GraphQLError(
      `${node.name.value} needs exactly one of ${names.join(', ')}, so that it is known how much it gives.`,
      {
        nodes: node,
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      },
    );
  return given.map(({ value }) => {
    switch (value.kind) {
      case Kind.INT:
        return Number(value.value);
      case Kind.LIST:
        return value.values.length;
      case Kind.VARIABLE:
        return { variable: value.name.value };
      default:
        // A single value in the place of a list.
        return 1;
    }
  });
}
