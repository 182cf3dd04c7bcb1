import type { AnyEntity, EntityClass } from '@mikro-orm/postgresql';
import { describeDifferences, withEntityDifferences } from './entity-differences.ts';
import { listMigrations, MIGRATIONS_FOLDER } from './files.ts';
import { differingLines } from './line-difference.ts';
import { migrate } from './migrate.ts';
import { dumpSchema } from './schema-dump.ts';
import { readSchemaFile, schemaFile, schemaText } from './schema-file.ts';

/**
 * Applies all migrations to an empty database, takes all back, and applies them again. Answers with what is wrong: a
 * schema other than that in `schema.sql`, tables that differ from the entities, a way back that does not lead back. Throws
 * a SetupError where a migration fails.
 */
export async function checkMigrations(
  emptyDatabaseUrl: string,
  entities: readonly EntityClass<AnyEntity>[],
  folder = MIGRATIONS_FOLDER,
): Promise<string[]> {
  const names = listMigrations(folder);
  const faults: string[] = [];
  /** The schema before each migration, and after the last. */
  const schemas = [await dumpSchema(emptyDatabaseUrl)];
  for (const _ of names) {
    await migrate(emptyDatabaseUrl, 'up', { count: 1, folder });
    schemas.push(await dumpSchema(emptyDatabaseUrl));
  }
  const schema = schemas.at(-1) ?? '';

  const expected = schemaText(schema);
  const written = await readSchemaFile(folder);
  if (written !== expected) {
    faults.push(
      `${schemaFile(folder)} is not what the migrations make; rewrite it with: npm run db -- dump\n${differingLines(written, expected)}`,
    );
  }
  const differences = await withEntityDifferences(emptyDatabaseUrl, entities, describeDifferences);
  if (differences.length > 0) {
    faults.push(
      ['The entities and the tables differ; begin a migration with: npm run db -- create NAME', ...differences].join(
        '\n',
      ),
    );
  }

  for (const [index, name] of [...names.entries()].reverse()) {
    await migrate(emptyDatabaseUrl, 'down', { folder });
    const left = await dumpSchema(emptyDatabaseUrl);
    if (left === schemas[index]) continue;
    faults.push(
      `The Down Migration of ${name} does not lead back to what was there before it:\n${differingLines(schemas[index] ?? '', left)}`,
    );
    // What follows would only tell of the same again.
    return faults;
  }
  await migrate(emptyDatabaseUrl, 'up', { folder });
  const again = await dumpSchema(emptyDatabaseUrl);
  if (again !== schema) {
    faults.push(`Applied again, the migrations make another schema:\n${differingLines(schema, again)}`);
  }
  return faults;
}
