import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { ApiError } from './errors.ts';
import { isUuid } from './ids.ts';
import { slot } from './statement.ts';

/**
 * Keyset pages, as Relay's connections want them (https://relay.dev/graphql/connections.htm): a position in a list is the
 * sort key and the id of a row, so that pages stay right while other rows come and go, and page 5,000 costs as much as
 * page 1.
 */
export const PAGE_SIZE = { default: 20, max: 100 } as const;

export type Direction = 'ASC' | 'DESC';

export interface SortOrder {
  /** Its name in cursors: a cursor is good only for the order that made it. */
  readonly name: string;
  readonly direction: Direction;
  /** The sort key of a row, never null. An index on the owner, this expression and the id carries it. */
  readonly key: RawBuilder<unknown>;
  /** The row's id, which parts rows of one key. */
  readonly id: RawBuilder<unknown>;
  /** The key's type in PostgreSQL, to which a cursor's text is cast. */
  readonly type: RawBuilder<unknown>;
  /** Whether a text could be a key: a cursor is the caller's and may hold anything. */
  readonly isKey: (text: string) => boolean;
}

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export interface Position {
  readonly key: string;
  readonly id: string;
}

export interface PageRequest {
  readonly size: number;
  /** The last ones before a position instead of the first ones after one. */
  readonly backward: boolean;
  readonly after: Position | null;
  readonly before: Position | null;
}

/** What a page's rows carry beside their columns: the sort key, as a cursor holds it. */
export interface Keyed {
  readonly id: string;
  readonly sortKey: string;
}

export interface Page<Row> {
  /** In the list's order, whichever way they were read. */
  readonly rows: Row[];
  /** Whether the rows' own end of the list goes on: behind the last one, or backwards before the first one. */
  readonly hasMore: boolean;
}

/** Reads and checks the arguments of a connection. Throws BAD_REQUEST. */
export function readPageArgs(args: PageArgs, order: SortOrder): PageRequest {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number')
    throw new ApiError('BAD_REQUEST', 'Give first or last, not both.');
  for (const [name, value] of Object.entries({ first, last })) {
    if (typeof value === 'number' && (value < 1 || value > PAGE_SIZE.max)) {
      throw new ApiError('BAD_REQUEST', `${name} has to be from 1 to ${PAGE_SIZE.max}, not ${value}.`);
    }
  }
  return {
    size: first ?? last ?? PAGE_SIZE.default,
    backward: typeof last === 'number',
    after: readCursor('after', args.after, order),
    before: readCursor('before', args.before, order),
  };
}

const cursorTag = (order: SortOrder) => `${order.name} ${order.direction}`;

export const writeCursor = (order: SortOrder, { sortKey, id }: Keyed): string =>
  Buffer.from(JSON.stringify([cursorTag(order), sortKey, id])).toString('base64url');

function readCursor(argument: string, cursor: string | null | undefined, order: SortOrder): Position | null {
  if (cursor === null || cursor === undefined) return null;
  const parts = parseCursor(cursor);
  if (!parts)
    throw new ApiError(
      'BAD_REQUEST',
      `${argument} is not a cursor of this server: pass a cursor that it gave you, unchanged.`,
    );
  const [tag, key, id] = parts;
  if (tag !== cursorTag(order)) {
    throw new ApiError('BAD_REQUEST', `${argument} is a cursor of another order: begin anew when you change orderBy.`);
  }
  if (!order.isKey(key) || !isUuid(id))
    throw new ApiError(
      'BAD_REQUEST',
      `${argument} is not a cursor of this server: pass a cursor that it gave you, unchanged.`,
    );
  return { key, id };
}

function parseCursor(cursor: string): [tag: string, key: string, id: string] | null {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 3) return null;
    const [tag, key, id] = parts;
    return typeof tag === 'string' && typeof key === 'string' && typeof id === 'string' ? [tag, key, id] : null;
  } catch {
    return null;
  }
}

/** What a page's statement depends on besides its rows' source: part of its shape. */
export const pageShape = (order: SortOrder, page: PageRequest): string =>
  `${cursorTag(order)} ${page.backward ? 'last' : 'first'}${page.after ? ' after' : ''}${page.before ? ' before' : ''}`;

/** The values of the slots that `selectPage` leaves. One row more than asked for tells whether there are more. */
export const pageValues = (page: PageRequest) => ({
  afterKey: page.after?.key,
  afterId: page.after?.id,
  beforeKey: page.before?.key,
  beforeId: page.before?.id,
  limit: page.size + 1,
});

/** Cuts a page out of a query. The query's rows need `id`; they get `sortKey`. */
export function selectPage<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  order: SortOrder,
  page: PageRequest,
): SelectQueryBuilder<Tables, Table, Row & { sortKey: string }> {
  const ascending = (order.direction === 'ASC') !== page.backward;
  const direction = ascending ? sql`asc` : sql`desc`;
  return query
    .select(sql<string>`(${order.key})::text`.as('sortKey'))
    .$if(page.after !== null, q => q.where(beyond(order, 'after')))
    .$if(page.before !== null, q => q.where(beyond(order, 'before')))
    .orderBy(sql`${order.key} ${direction}, ${order.id} ${direction}`)
    .limit(slot<number>('limit')) as SelectQueryBuilder<Tables, Table, Row & { sortKey: string }>;
}

/** Rows strictly behind `after`, or strictly ahead of `before`. */
export function beyond(order: SortOrder, side: 'after' | 'before'): RawBuilder<boolean> {
  const operator = (order.direction === 'ASC') === (side === 'after') ? sql`>` : sql`<`;
  return compare(order, side, operator);
}

/** Rows at `after` or ahead of it, at `before` or behind it: what the list has outside of the page on that side. */
export function notBeyond(order: SortOrder, side: 'after' | 'before'): RawBuilder<boolean> {
  const operator = (order.direction === 'ASC') === (side === 'after') ? sql`<=` : sql`>=`;
  return compare(order, side, operator);
}

const compare = (order: SortOrder, side: 'after' | 'before', operator: RawBuilder<unknown>) =>
  sql<boolean>`(${order.key}, ${order.id}) ${operator} (${slot(`${side}Key`)}::${order.type}, ${slot(`${side}Id`)}::uuid)`;

/** The page out of the rows that `selectPage` gave. */
export function toPage<Row>(rows: readonly Row[], page: PageRequest): Page<Row> {
  const kept = rows.slice(0, page.size);
  return { rows: page.backward ? kept.reverse() : kept, hasMore: rows.length > page.size };
}

/** A connection as what serves it finds it: a page that was read, and how to find out what only some selections ask for. */
export interface ConnectionSource<Row extends Keyed> {
  readonly order: SortOrder;
  readonly request: PageRequest;
  readonly rows: Row[];
  /** Whether the list goes on at the end to which the page was read. */
  readonly hasMore: boolean;
  /** Whether the list has rows on the far side of `after` or `before`. */
  readonly hasOutside: (side: 'after' | 'before') => Promise<boolean>;
  readonly countAll: () => Promise<number>;
}

export type PageInfoSource = ConnectionSource<Keyed>;

export interface EdgeSource<Row extends Keyed> {
  readonly order: SortOrder;
  readonly row: Row;
}
