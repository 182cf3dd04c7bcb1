import { type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode, type ValidationRule } from 'graphql';

/** What one operation may ask for. Each refusal names its limit. */
export const LIMITS = {
  /** Of a request's body and of a socket's message, in bytes. */
  bodyBytes: 1_000_000,
  tokens: 5_000,
  depth: 15,
  aliases: 100,
  directives: 50,
  /** Operations in one request. */
  batch: 10,
  /** Milliseconds that an operation may take. */
  durationMs: 20_000,
} as const;

interface Size {
  depth: number;
  aliases: number;
  directives: number;
}

const tooComplex = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'TOO_COMPLEX', http: { status: 400 } } });

/**
 * Counts depth, aliases and directives through all fragments. A fragment is measured once, however often it is spread, so
 * that measuring takes no longer than reading.
 */
export const OperationLimits: ValidationRule = context => {
  const measured = new Map<FragmentDefinitionNode, Size>();

  const measure = (selectionSet: SelectionSetNode | undefined): Size => {
    const size: Size = { depth: 0, aliases: 0, directives: 0 };
    for (const selection of selectionSet?.selections ?? []) {
      size.directives += selection.directives?.length ?? 0;
      const isField = selection.kind === Kind.FIELD;
      // The schema describes itself at any depth: GraphiQL asks for more than an operation may.
      if (isField && (selection.name.value === '__schema' || selection.name.value === '__type')) continue;
      if (isField && selection.alias) size.aliases += 1;
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measureFragment(selection.name.value)
          : measure(selection.selectionSet);
      size.depth = Math.max(size.depth, inner.depth + (isField ? 1 : 0));
      size.aliases += inner.aliases;
      size.directives += inner.directives;
    }
    return size;
  };

  const measureFragment = (name: string): Size => {
    const nothing = { depth: 0, aliases: 0, directives: 0 };
    const fragment = context.getFragment(name);
    if (!fragment) return nothing;
    const known = measured.get(fragment);
    if (known) return known;
    // A fragment that spreads itself is refused by another rule.
    measured.set(fragment, nothing);
    const size = measure(fragment.selectionSet);
    size.directives += fragment.directives?.length ?? 0;
    measured.set(fragment, size);
    return size;
  };

  return {
    OperationDefinition(operation) {
      const { depth, aliases, directives } = measure(operation.selectionSet);
      const over = (what: string, count: number, limit: number) => {
        if (count > limit)
          context.reportError(
            tooComplex(`The operation has ${count.toLocaleString('en')} ${what}; the limit is ${limit}.`),
          );
      };
      over('levels', depth, LIMITS.depth);
      over('aliases', aliases, LIMITS.aliases);
      over('directives', directives + (operation.directives?.length ?? 0), LIMITS.directives);
    },
    // PostgreSQL's text cannot hold it, and no person types it.
    StringValue(node) {
      if (node.value.includes('\0')) context.reportError(badCharacter());
    },
  };
};

const badCharacter = () =>
  new GraphQLError('Text must not have the character U+0000.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });

/** The same for variables. Null where they are fine. */
export function faultOfVariables(value: unknown): GraphQLError | null {
  if (typeof value === 'string') return value.includes('\0') ? badCharacter() : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const inner of Object.values(value)) {
    const fault = faultOfVariables(inner);
    if (fault) return fault;
  }
  return null;
}
