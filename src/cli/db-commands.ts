import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Config } from '../platform/config.ts';
import { withConnection } from '../platform/connection.ts';
import { startEmbeddedPostgres } from '../platform/embedded/postgres.ts';
import { SetupError } from '../platform/errors.ts';
import { listMigrations, newMigrationFile } from '../platform/migrations/files.ts';
import { migrate, readMigrations } from '../platform/migrations/migrate.ts';
import { schemaFile, writeSchemaFile } from '../platform/migrations/schema-file.ts';
import { withScratchDatabase } from '../platform/migrations/scratch-database.ts';

// What knows the entities is imported where it is needed: it takes half a second.

interface Options {
  readonly config: Config;
  /** Where the migrations are. */
  readonly folder: string;
  /** What followed the command's name; empty where nothing did. */
  readonly argument: string;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const shown = (path: string) => relative(process.cwd(), path) || '.';

export async function up({ config, folder }: Options): Promise<void> {
  const done = await onDatabase(config, url => migrate(url, 'up', { folder }));
  for (const name of done) print(`Applied ${name}`);
  if (done.length === 0) print('Nothing to apply: the database has all migrations.');
}

export async function down({ config, folder, argument }: Options): Promise<void> {
  if (!/^([1-9]\d{0,5})?$/.test(argument)) {
    throw new SetupError(`"${argument}" is not how many to take back: give a whole number, such as 2.`);
  }
  const count = Number(argument || 1);
  const done = await onDatabase(config, async url => {
    const applied = (await readMigrations(url, folder)).filter(migration => migration.applied);
    if (applied.length >= count) return migrate(url, 'down', { count, folder });
    throw new SetupError(
      applied.length === 0
        ? 'There is nothing to take back: no migration is applied.'
        : `Nothing was taken back: there are not ${count} to take back, but ${applied.length}.`,
    );
  });
  for (const name of done) print(`Took back ${name}`);
}

export async function status({ config, folder }: Options): Promise<void> {
  const migrations = await onDatabase(config, url => readMigrations(url, folder));
  for (const { name, applied, missing } of migrations) {
    print(`${missing ? 'missing' : applied ? 'applied' : 'pending'}  ${name}`);
  }
  if (migrations.length === 0) print(`There are no migrations in ${shown(folder)}.`);
}

export async function create({ config, folder, argument }: Options): Promise<void> {
  const file = newMigrationFile(argument, new Date(), folder);
  const [{ entities }, { withEntityDifferences }, { draftMigration }] = await Promise.all([
    import('../entities.ts'),
    import('../platform/migrations/entity-differences.ts'),
    import('../platform/migrations/draft.ts'),
  ]);
  const text = await onScratch(config, async url => {
    await migrate(url, 'up', { folder });
    const reserved = await readReservedWords(url);
    return withEntityDifferences(url, entities, differences => draftMigration(differences, reserved));
  });
  // wx: never over what somebody else wrote in between.
  await writeFile(file, text, { flag: 'wx' });
  const filled = /^(?!--|$)/m.test(text);
  print(`Wrote ${shown(file)}.`);
  print(
    filled
      ? 'It brings the tables to what the entities say; add the indexes and checks that it needs.'
      : 'Entities and tables agree, so both sections are empty: write them.',
  );
  print('Then: npm run db -- up, and for migrations/schema.sql: npm run db -- dump');
}

/** Words that are no names without quotes. */
async function readReservedWords(url: string): Promise<Set<string>> {
  return withConnection(url, async client => {
    const { rows } = await client.query<{ word: string }>(
      `select word from pg_get_keywords() where catcode in ('R', 'T')`,
    );
    return new Set(rows.map(({ word }) => word));
  });
}

export async function check({ config, folder }: Options): Promise<void> {
  const [{ entities }, { checkMigrations }] = await Promise.all([
    import('../entities.ts'),
    import('../platform/migrations/check.ts'),
  ]);
  const faults = await onScratch(config, url => checkMigrations(url, entities, folder));
  if (faults.length > 0) throw new SetupError(faults.join('\n\n'));
  print(
    `${listMigrations(folder).length} migrations go up, down and up again, and make what migrations/schema.sql and the entities say.`,
  );
}

export async function dump({ config, folder }: Options): Promise<void> {
  const changed = await onScratch(config, async url => {
    await migrate(url, 'up', { folder });
    return writeSchemaFile(url, folder);
  });
  const file = shown(schemaFile(folder));
  print(changed ? `Wrote ${file}.` : `${file} is as the migrations make it already.`);
}

/** The lock of migrations and a new database need sessions, which the direct address has where the other is a pooler's. */
const directUrl = ({ database }: Config) => database.url && (database.directUrl ?? database.url);

const onScratch = <Result>(config: Config, work: (url: string) => Promise<Result>) =>
  withScratchDatabase(directUrl(config), work);

/** The embedded database runs for the command's time. */
async function onDatabase<Result>(config: Config, work: (url: string) => Promise<Result>): Promise<Result> {
  const url = directUrl(config);
  if (url) return work(url);
  const embedded = await startEmbeddedPostgres({ dataDir: config.dataDir });
  try {
    return await work(embedded.url);
  } finally {
    await embedded.stop();
  }
}
