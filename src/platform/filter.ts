import type { RawBuilder, SelectQueryBuilder } from 'kysely';

/** One condition of a filter. */
export interface Condition {
  /** Says all on which the SQL depends: part of the statement's shape. */
  readonly name: string;
  readonly sql: RawBuilder<boolean>;
  /** Of its slots. */
  readonly values?: Readonly<Record<string, unknown>>;
}

export const given = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined;

/** The rows for which all of the conditions hold. */
export function filtered<Tables, Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  conditions: readonly Condition[],
): SelectQueryBuilder<Tables, Table, Row> {
  return conditions.reduce((rest, condition) => rest.where(condition.sql), query);
}

export const shapeOf = (conditions: readonly Condition[]): string => conditions.map(({ name }) => name).join();

export const valuesOf = (conditions: readonly Condition[]): Record<string, unknown> =>
  Object.assign({}, ...conditions.map(condition => condition.values ?? {}));
