import { type AliasedRawBuilder, sql } from 'kysely';
import { type EntityManager, sqlOf } from './database.ts';
import { type Condition, filtered, shapeOf, valuesOf } from './filter.ts';
import {
  type ConnectionSource,
  type Keyed,
  notBeyond,
  type PageArgs,
  pageShape,
  pageValues,
  readPageArgs,
  type SortOrder,
  selectPage,
  toPage,
} from './page.ts';
import { runStatement } from './statement.ts';

/** A list of everybody's rows: for admins alone. */
export interface WholeList {
  /** Parts the statements of one list from those of another: no two lists have one name. */
  readonly name: string;
  readonly table: string;
  /** Which of the table's rows are in the list, whatever else is asked for. */
  readonly condition?: Condition;
  /** With `id`. */
  readonly columns: readonly AliasedRawBuilder<unknown, string>[];
  readonly order: SortOrder;
}

/** A page of the rows that the conditions leave. Throws BAD_REQUEST for the page's arguments. */
export async function readWholeList<Row extends Keyed>(
  em: EntityManager,
  { name, table, condition, columns, order }: WholeList,
  conditions: readonly Condition[],
  args: PageArgs,
): Promise<ConnectionSource<Row>> {
  const db = sqlOf<Record<string, { id: string }>>(em);
  const request = readPageArgs(args, order);
  const shape = `${name} ${shapeOf(conditions)}`;
  const values = valuesOf(conditions);
  const list = () => filtered(db.selectFrom(table), condition ? [condition, ...conditions] : conditions);

  const rows = await runStatement(
    db,
    `page of ${shape} / ${pageShape(order, request)}`,
    () => selectPage(list().select(columns), order, request),
    { ...values, ...pageValues(request) },
  );

  const hasOutside = async (side: 'after' | 'before') => {
    // The nearest one is found by the list's own index.
    const nearest = (order.direction === 'ASC') === (side === 'after') ? sql`desc` : sql`asc`;
    const found = await runStatement(
      db,
      `outside ${side} of ${shape} / ${pageShape(order, request)}`,
      () =>
        list()
          .select(sql`1`.as('found'))
          .where(notBeyond(order, side))
          .orderBy(sql`${order.key} ${nearest}, ${order.id} ${nearest}`)
          .limit(1),
      { ...values, ...pageValues(request) },
    );
    return found.length > 0;
  };
  const countAll = async () => {
    const [row] = await runStatement(
      db,
      `count of ${shape}`,
      () => list().select(sql<number>`count(*)::int`.as('count')),
      values,
    );
    return row?.count ?? 0;
  };
  return { ...toPage(rows as unknown as Row[], request), order, request, hasOutside, countAll };
}
