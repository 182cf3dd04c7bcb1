import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MIGRATIONS_FOLDER } from './files.ts';
import { dumpSchema } from './schema-dump.ts';

const HEADER =
  '-- The schema after all migrations, so that the effect of one is a diff. Rewritten by: npm run db -- dump\n\n';

export const schemaFile = (folder = MIGRATIONS_FOLDER) => join(folder, 'schema.sql');

/** What has to stand in the file where the dump is this. */
export const schemaText = (dump: string) => HEADER + dump;

/** Empty where there is no file yet. */
export async function readSchemaFile(folder = MIGRATIONS_FOLDER): Promise<string> {
  return readFile(schemaFile(folder), 'utf8').catch(() => '');
}

/** Writes what the migrated database has; whether that changed the file. */
export async function writeSchemaFile(databaseUrl: string, folder = MIGRATIONS_FOLDER): Promise<boolean> {
  const text = schemaText(await dumpSchema(databaseUrl));
  if (text === (await readSchemaFile(folder))) return false;
  await writeFile(schemaFile(folder), text);
  return true;
}
