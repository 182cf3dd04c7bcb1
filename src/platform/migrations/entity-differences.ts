import {
  type AnyEntity,
  type Column,
  type ColumnDifference,
  DatabaseSchema,
  type EntityClass,
  MikroORM,
  SchemaComparator,
  type SchemaDifference,
  UnderscoreNamingStrategy,
} from '@mikro-orm/postgresql';

export type SchemaGenerator = MikroORM['schema'];

export interface EntityDifferences {
  /** From the tables to the entities, and back: what MikroORM would do in SQL. */
  readonly up: SchemaDifference;
  readonly down: SchemaDifference;
  readonly generator: SchemaGenerator;
}

/**
 * Compares the entities with the tables that they are kept in, and hands over what differs. Only entities' tables, their
 * columns and the types of these are looked at: other tables, indexes, checks and foreign keys are the migrations' own.
 */
export async function withEntityDifferences<Result>(
  databaseUrl: string,
  entities: readonly EntityClass<AnyEntity>[],
  work: (differences: EntityDifferences) => Result,
): Promise<Result> {
  const orm = new MikroORM({
    clientUrl: databaseUrl,
    entities: [...entities],
    namingStrategy: PostgresNames,
    ensureDatabase: false,
    colors: false,
  });
  try {
    const generator = orm.schema;
    const platform = orm.em.getPlatform();
    const wanted = generator.getTargetSchema();
    const present = await DatabaseSchema.create(
      orm.em.getConnection(),
      platform,
      orm.config,
      undefined,
      wanted.getNamespaces(),
      wanted.getTables().map(({ name }) => name),
    );
    const comparator = new SchemaComparator(platform);
    const up = comparator.compare(present, wanted);
    return work({ up, down: comparator.compare(wanted, present, up), generator });
  } finally {
    await orm.close(true);
  }
}

/** PostgreSQL's own names for constraints, which the migrations use too. */
class PostgresNames extends UnderscoreNamingStrategy {
  override indexName(...[table, columns, type]: Parameters<UnderscoreNamingStrategy['indexName']>): string {
    const suffix = { unique: 'key', foreign: 'fkey', index: 'idx' }[String(type)];
    return suffix ? [table, ...columns, suffix].join('_') : super.indexName(table, columns, type);
  }
}

/** A sentence for each difference; none where entities and tables agree. */
export function describeDifferences({ up }: EntityDifferences): string[] {
  return [
    ...up.newNativeEnums.map(({ name }) => `The type ${name} is used by an entity, but no migration makes it.`),
    ...Object.values(up.newTables).map(
      ({ name }) => `The table ${name} belongs to an entity, but no migration makes it.`,
    ),
    ...Object.values(up.changedTables).flatMap(table => [
      ...Object.keys(table.addedColumns).map(name => `The entity of ${table.name} has ${name}, the table has not.`),
      ...Object.keys(table.removedColumns).map(name => `The table ${table.name} has ${name}, the entity has not.`),
      ...Object.entries(table.renamedColumns).map(
        ([name, { name: wanted }]) => `The table ${table.name} has ${name} where the entity has ${wanted}.`,
      ),
      ...Object.values(table.changedColumns).flatMap(column => describeColumn(table.name, column)),
    ]),
  ];
}

function describeColumn(table: string, { column, fromColumn, changedProperties }: ColumnDifference): string[] {
  return [...changedProperties].map(
    property =>
      `${table}.${column.name}: ${PROPERTIES[property] ?? property} is ${show(fromColumn, property)} in the table and ${show(column, property)} in the entity.`,
  );
}

const PROPERTIES: Readonly<Record<string, string>> = {
  enumItems: 'the list of values',
  nullable: 'null',
  default: 'the default',
};

function show(column: Column, property: string): string {
  const { [property as keyof Column]: value } = column;
  if (property === 'nullable') return value ? 'allowed' : 'not allowed';
  if (Array.isArray(value)) return value.join(', ');
  return value === undefined || value === null ? 'not there' : String(value);
}
