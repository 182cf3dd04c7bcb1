import { type AliasedRawBuilder, sql } from 'kysely';

/**
 * A value as the driver gives it: a time stays PostgreSQL's text, which the DateTime scalar turns into the API's, and a
 * bigint its digits, because a number could not hold them all.
 */
type Raw<Value> = Value extends Date | bigint ? string : Value;

/**
 * A plain row with some of an entity's properties. Only those that were asked for are there: a row is made for one
 * selection and read by it alone.
 */
export type RowOf<Entity, Property extends keyof Entity> = { [P in Property]: Raw<Entity[P]> };

/** The columns of these properties, each under its property's name. */
export function selectProperties<Property extends string>(
  columns: Readonly<Record<Property, string>>,
  properties: Iterable<Property>,
): AliasedRawBuilder<unknown, Property>[] {
  return [...properties].map(property => sql.ref(columns[property]).as(property));
}
