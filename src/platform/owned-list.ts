import { type Kysely, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely';
import { loaderFor, oneByKey } from './batch.ts';
import { type EntityManager, sqlOf } from './database.ts';
import { type Condition, filtered, shapeOf, valuesOf } from './filter.ts';
import {
  type ConnectionSource,
  type Keyed,
  notBeyond,
  type Page,
  type PageArgs,
  type PageRequest,
  pageShape,
  pageValues,
  readPageArgs,
  type SortOrder,
  selectPage,
  toPage,
} from './page.ts';
import { oneOfEach, PARENT_ID, pageOfEach, parentsWith } from './parents.ts';
import { runStatement, slot } from './statement.ts';

type Tables = Record<string, { id: string }>;
export type OwnedRows = SelectQueryBuilder<Tables, string, object>;
/** An owner's id in SQL: bound, or that of the parent row. */
export type OwnerId = RawBuilder<string>;

/** A list of what belongs to somebody. Who may see theirs is the caller's to ask. */
export interface OwnedList {
  /** Parts the statements of one list from those of another: no two lists have one name. */
  readonly name: string;
  readonly table: string;
  /** The column that has the owner's id. */
  readonly owner: string;
  readonly order: SortOrder;
  readonly shown: {
    /** Says all on which what is selected depends: part of the statement's shape. */
    readonly name: string;
    /** Adds the columns, `id` among them. Called only where the statement is built. */
    readonly select: (rows: OwnedRows) => OwnedRows;
  };
  /** Which of the owner's rows are in the list. */
  readonly conditions: (owner: OwnerId) => readonly Condition[];
}

type Side = 'after' | 'before';

/** The one way to start a read of such a list: the rows of one owner. */
const rowsOf = (db: Kysely<Tables>, { table, owner, conditions }: OwnedList, ownerId: OwnerId): OwnedRows =>
  filtered(db.selectFrom(table).where(sql.ref(owner), '=', ownerId), conditions(ownerId));

/** The same page of each owner's rows, in one query. Every owner has an entry. */
export async function readOwnedPages<Row extends Keyed>(
  em: EntityManager,
  ownerIds: readonly string[],
  list: OwnedList,
  page: PageRequest,
): Promise<{ ownerId: string; page: Page<Row> }[]> {
  const db = sqlOf<Tables>(em);
  const [only, ...others] = ownerIds;
  const several = others.length > 0;
  const ownerId: OwnerId = several ? PARENT_ID : slot('ownerId');
  const conditions = list.conditions(ownerId);
  const build = () => selectPage(list.shown.select(rowsOf(db, list, ownerId)), list.order, page);
  const rows = await runStatement<Tables, unknown>(
    db,
    `${list.name} ${several ? 'of each' : 'of one'} ${list.shown.name} ${shapeOf(conditions)} / ${pageShape(list.order, page)}`,
    () => ({
      // Of one it is known how many they have: from the average's plan, a page of somebody's many would sort them all.
      compile: () => (several ? pageOfEach(build()).compile(db) : build().compile()),
    }),
    { parentIds: ownerIds, ownerId: only, ...valuesOf(conditions), ...pageValues(page) },
  );
  if (only !== undefined && !several) return [{ ownerId: only, page: toPage(rows as Row[], page) }];
  const byOwner = Map.groupBy(rows as (Row & { parentId: string })[], row => row.parentId);
  return ownerIds.map(id => ({ ownerId: id, page: toPage(byOwner.get(id) ?? [], page) }));
}

/** How many rows of each owner are in the list. */
export async function countOwned(
  em: EntityManager,
  ownerIds: readonly string[],
  list: OwnedList,
): Promise<{ ownerId: string; count: number }[]> {
  const db = sqlOf<Tables>(em);
  const conditions = list.conditions(PARENT_ID);
  const count = () => rowsOf(db, list, PARENT_ID).select(sql<number>`count(*)::int`.as('count'));
  const rows = await runStatement(
    db,
    `count ${list.name} ${shapeOf(conditions)}`,
    () => ({ compile: () => oneOfEach<{ count: number }>(count()).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions) },
  );
  return rows.map(row => ({ ownerId: row.parentId, count: row.count }));
}

/** Which of the owners have rows in the list beyond the page's `after` or `before`. */
export async function ownersWithOutside(
  em: EntityManager,
  ownerIds: readonly string[],
  list: OwnedList,
  page: PageRequest,
  side: Side,
): Promise<{ ownerId: string }[]> {
  const db = sqlOf<Tables>(em);
  const conditions = list.conditions(PARENT_ID);
  const outside = () => rowsOf(db, list, PARENT_ID).select(sql`1`.as('found')).where(notBeyond(list.order, side));
  const rows = await runStatement(
    db,
    `${list.name} outside ${side} ${shapeOf(conditions)} / ${pageShape(list.order, page)}`,
    () => ({ compile: () => parentsWith(outside()).compile(db) }),
    { parentIds: ownerIds, ...valuesOf(conditions), ...pageValues(page) },
  );
  return rows.map(row => ({ ownerId: row.parentId }));
}

/** A page of what this owner has in the list. Throws BAD_REQUEST for the page's arguments. */
export type OwnedLists<Row extends Keyed> = (
  ownerId: string,
  list: OwnedList,
  args: PageArgs,
) => Promise<ConnectionSource<Row>>;

interface Asked {
  readonly list: OwnedList;
  readonly page: PageRequest;
}

/** For one operation: what several owners are asked for alike is one query. */
export function ownedLists<Row extends Keyed>(em: EntityManager): OwnedLists<Row> {
  const pages = loaderFor(
    ({ list, page }: Asked) =>
      oneByKey((ownerIds: readonly string[]) => readOwnedPages<Row>(em, ownerIds, list, page), ownerOf),
    ({ list, page }) => JSON.stringify([keyOf(list), list.shown.name, pageShape(list.order, page), page]),
  );
  const counts = loaderFor(
    (list: OwnedList) => oneByKey((ownerIds: readonly string[]) => countOwned(em, ownerIds, list), ownerOf),
    keyOf,
  );
  const outsides = loaderFor(
    ({ list, page, side }: Asked & { side: Side }) =>
      oneByKey((ownerIds: readonly string[]) => ownersWithOutside(em, ownerIds, list, page, side), ownerOf),
    ({ list, page, side }) => JSON.stringify([keyOf(list), side, pageShape(list.order, page), page]),
  );
  return async (ownerId, list, args) => {
    const request = readPageArgs(args, list.order);
    const found = await pages({ list, page: request }).load(ownerId);
    return {
      order: list.order,
      request,
      rows: found?.page.rows ?? [],
      hasMore: found?.page.hasMore ?? false,
      hasOutside: async side => (await outsides({ list, page: request, side }).load(ownerId)) !== null,
      countAll: async () => (await counts(list).load(ownerId))?.count ?? 0,
    };
  };
}

const ownerOf = ({ ownerId }: { ownerId: string }) => ownerId;

/** Lists of one key have the same rows. */
function keyOf(list: OwnedList): string {
  const conditions = list.conditions(PARENT_ID);
  return JSON.stringify([list.name, shapeOf(conditions), valuesOf(conditions)]);
}
