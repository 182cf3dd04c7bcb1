import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

/** The names of fields that a selection asks for below a path. */
export type Selection = ReadonlySet<string>;

const NOTHING: Selection = new Set();
/** By the field's node and the path below it: documents are parsed once and kept, so that a node is asked again and again. */
const known = new WeakMap<FieldNode, Map<string, Selection>>();

/**
 * Which fields the operation selects of this field's result, or of what lies at `path` below it. What is skipped or
 * included by a variable counts as selected: reading too much is harmless.
 */
export function selectedFields(info: GraphQLResolveInfo, path = ''): Selection {
  const [node] = info.fieldNodes;
  if (!node) return NOTHING;
  // One field that stands twice in a selection has several nodes, which only together tell what is selected.
  const cacheable = info.fieldNodes.length === 1;
  const cached = cacheable ? known.get(node)?.get(path) : undefined;
  if (cached) return cached;

  let nodes: readonly FieldNode[] = info.fieldNodes;
  for (const name of path === '' ? [] : path.split('.')) {
    nodes = nodes.flatMap(parent => fieldsOf(parent.selectionSet, info).filter(field => field.name.value === name));
  }
  const selection = new Set(
    nodes.flatMap(parent => fieldsOf(parent.selectionSet, info).map(field => field.name.value)),
  );
  if (cacheable) known.set(node, (known.get(node) ?? new Map()).set(path, selection));
  return selection;
}

function fieldsOf(selectionSet: SelectionSetNode | undefined, info: GraphQLResolveInfo): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap(selection => fieldsIn(selection, info));
}

function fieldsIn(selection: SelectionNode, info: GraphQLResolveInfo): FieldNode[] {
  switch (selection.kind) {
    case Kind.FIELD:
      return [selection];
    case Kind.INLINE_FRAGMENT:
      return fieldsOf(selection.selectionSet, info);
    case Kind.FRAGMENT_SPREAD:
      return fieldsOf(info.fragments[selection.name.value]?.selectionSet, info);
  }
}
