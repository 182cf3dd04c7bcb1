import { type FieldNode, type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';

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
    nodes = fieldsBelow(nodes, info).filter(field => field.name.value === name);
  }
  const selection = new Set(fieldsBelow(nodes, info).map(field => field.name.value));
  if (cacheable) known.set(node, (known.get(node) ?? new Map()).set(path, selection));
  return selection;
}

/** What these fields select together. A fragment counts once: a few that spread each other twice are billions of spreads. */
function fieldsBelow(parents: readonly FieldNode[], { fragments }: GraphQLResolveInfo): FieldNode[] {
  const fields: FieldNode[] = [];
  const spread = new Set<string>();
  const collect = (selectionSet: SelectionSetNode | undefined): void => {
    for (const selection of selectionSet?.selections ?? []) {
      switch (selection.kind) {
        case Kind.FIELD:
          fields.push(selection);
          break;
        case Kind.INLINE_FRAGMENT:
          collect(selection.selectionSet);
          break;
        case Kind.FRAGMENT_SPREAD:
          if (spread.has(selection.name.value)) break;
          spread.add(selection.name.value);
          collect(fragments[selection.name.value]?.selectionSet);
          break;
      }
    }
  };
  for (const parent of parents) collect(parent.selectionSet);
  return fields;
}
