import type { GraphQLResolveInfo } from 'graphql';
import { type ConnectionSource, type EdgeSource, type Keyed, writeCursor } from '../platform/page.ts';
import { type Selection, selectedFields } from './selection.ts';

/** The resolvers of a connection type and of its edge type: all connections are alike. */
export const connectionResolvers = {
  edges: <Row extends Keyed>({ order, rows }: ConnectionSource<Row>) => rows.map(row => ({ order, row })),
  nodes: <Row extends Keyed>({ rows }: ConnectionSource<Row>) => rows,
  pageInfo: <Row extends Keyed>(connection: ConnectionSource<Row>) => connection as unknown as ConnectionSource<Keyed>,
  totalCount: <Row extends Keyed>({ countAll }: ConnectionSource<Row>) => countAll(),
};

export const edgeResolvers = {
  cursor: <Row extends Keyed>({ order, row }: EdgeSource<Row>) => writeCursor(order, row),
  node: <Row extends Keyed>({ row }: EdgeSource<Row>) => row,
};

/**
 * Both flags tell of the whole list, whichever way it is walked: a page has a next one where any row stands behind its
 * last one.
 */
export const pageInfoResolvers = {
  hasNextPage: ({ request, hasMore, hasOutside }: ConnectionSource<Keyed>) =>
    (!request.backward && hasMore) || (request.before !== null && hasOutside('before')),
  hasPreviousPage: ({ request, hasMore, hasOutside }: ConnectionSource<Keyed>) =>
    (request.backward && hasMore) || (request.after !== null && hasOutside('after')),
  startCursor: ({ order, rows: [first] }: ConnectionSource<Keyed>) => (first ? writeCursor(order, first) : null),
  endCursor: ({ order, rows }: ConnectionSource<Keyed>) => {
    const last = rows.at(-1);
    return last ? writeCursor(order, last) : null;
  },
};

/** What the operation selects of a connection's rows, or of what lies at `path` below them. */
export function selectedOfRows(info: GraphQLResolveInfo, path = ''): Selection {
  const below = path === '' ? '' : `.${path}`;
  const [nodes, edges] = [selectedFields(info, `nodes${below}`), selectedFields(info, `edges.node${below}`)];
  if (edges.size === 0) return nodes;
  return nodes.size === 0 ? edges : nodes.union(edges);
}
