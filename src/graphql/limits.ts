import { type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from 'graphql';
import { isText, NOT_TEXT } from '../platform/text.ts';

/** What one operation may ask for. Each refusal names its limit. */
export const LIMITS = {
  /** Of a request's body and of a socket's message, in bytes. */
  bodyBytes: 1_000_000,
  tokens: 5_000,
  depth: 15,
  aliases: 100,
  directives: 50,
  /** Fields that are written again beside themselves; those of different fragments are not. */
  repeats: 50,
  /** How many faults of a document are told: an answer must not be a great deal longer than what was asked. */
  faults: 5,
  /** Operations in one request. */
  batch: 10,
} as const;

interface Size {
  depth: number;
  aliases: number;
  directives: number;
  repeats: number;
}

const NOTHING: Size = { depth: 0, aliases: 0, directives: 0, repeats: 0 };

export const tooComplex = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'TOO_COMPLEX', http: { status: 400 } } });

/**
 * Counts depth, aliases, directives and repeated fields through all fragments. A fragment is measured once, however often it is spread, so that
 * measuring takes no longer than reading. What an operation costs depends on its variables too: see cost-charge.ts.
 */
export const OperationLimits: ValidationRule = context => {
  const measured = new Map<FragmentDefinitionNode, Size>();

  const measure = (selectionSet: SelectionSetNode | undefined): Size => {
    const size = { ...NOTHING };
    const keys = new Set<string>();
    let fields = 0;
    for (const selection of selectionSet?.selections ?? []) {
      size.directives += selection.directives?.length ?? 0;
      const isField = selection.kind === Kind.FIELD;
      // The schema describes itself at any depth: GraphiQL asks for more than an operation may.
      if (isField && (selection.name.value === '__schema' || selection.name.value === '__type')) continue;
      if (isField && selection.alias) size.aliases += 1;
      if (isField) {
        keys.add((selection.alias ?? selection.name).value);
        fields += 1;
      }
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureFragment(selection.name.value)
          : measure(selection.selectionSet);
      size.depth = Math.max(size.depth, inner.depth + (isField ? 1 : 0));
      size.aliases += inner.aliases;
      size.directives += inner.directives;
      size.repeats += inner.repeats;
    }
    size.repeats += fields - keys.size;
    return size;
  };

  const measureFragment = (name: string): Size => {
    const fragment = context.getFragment(name);
    if (!fragment) return NOTHING;
    const known = measured.get(fragment);
    if (known) return known;
    // A fragment that spreads itself is refused by another rule.
    measured.set(fragment, NOTHING);
    const size = measure(fragment.selectionSet);
    size.directives += fragment.directives?.length ?? 0;
    measured.set(fragment, size);
    return size;
  };

  return {
    OperationDefinition(operation) {
      const { depth, aliases, directives, repeats } = measure(operation.selectionSet);
      const over = (what: string, count: number, limit: number) => {
        if (count > limit)
          context.reportError(
            tooComplex(
              `The operation has ${count.toLocaleString('en')} ${what}; the limit is ${limit.toLocaleString('en')}.`,
            ),
          );
      };
      over('levels', depth, LIMITS.depth);
      over('aliases', aliases, LIMITS.aliases);
      over('directives', directives + (operation.directives?.length ?? 0), LIMITS.directives);
      over('repeated fields', repeats, LIMITS.repeats);
    },
    StringValue(node) {
      if (!isText(node.value)) context.reportError(badCharacter());
    },
  };
};

const badCharacter = () => new GraphQLError(NOT_TEXT, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });

/** The same for variables, however deep they lie in each other. Null where they are fine. */
export function faultOfVariables(variables: unknown): GraphQLError | null {
  const values: unknown[] = [variables];
  while (values.length > 0) {
    const value = values.pop();
    if (typeof value === 'string' && !isText(value)) return badCharacter();
    if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) values.push(inner);
  }
  return null;
}

export const bodyTooLarge = () =>
  new GraphQLError(`A request may have ${LIMITS.bodyBytes.toLocaleString('en')} bytes: send less at once.`, {
    extensions: { code: 'BAD_REQUEST' },
  });
