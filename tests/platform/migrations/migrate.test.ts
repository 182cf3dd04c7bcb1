import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineEntity, p } from '@mikro-orm/core';
import { expect, inject, onTestFinished, test } from 'vitest';
import { entities } from '../../../src/entities.ts';
import { withConnection } from '../../../src/platform/connection.ts';
import { SetupError } from '../../../src/platform/errors.ts';
import { checkMigrations } from '../../../src/platform/migrations/check.ts';
import { listMigrations, newMigrationFile } from '../../../src/platform/migrations/files.ts';
import { migrate, readMigrations } from '../../../src/platform/migrations/migrate.ts';
import { dumpSchema } from '../../../src/platform/migrations/schema-dump.ts';
import { writeSchemaFile } from '../../../src/platform/migrations/schema-file.ts';
import { withScratchDatabase } from '../../../src/platform/migrations/scratch-database.ts';

/** An empty database, which the tests' template is not. */
const onEmptyDatabase = (work: (url: string) => Promise<void>) => withScratchDatabase(inject('postgresUrl'), work);

const ALPHA = '-- Up Migration\ncreate table alpha (id uuid primary key);\n-- Down Migration\ndrop table alpha;\n';
const BETA = '-- Up Migration\ncreate table beta (id integer primary key);\n-- Down Migration\ndrop table beta;\n';

const AlphaSchema = defineEntity({ name: 'Alpha', tableName: 'alpha', properties: { id: p.uuid().primary() } });
const LongAlphaSchema = defineEntity({
  name: 'LongAlpha',
  tableName: 'alpha',
  properties: { id: p.uuid().primary(), name: p.text() },
});
class Alpha extends AlphaSchema.class {}
class LongAlpha extends LongAlphaSchema.class {}
AlphaSchema.setClass(Alpha);
LongAlphaSchema.setClass(LongAlpha);

/** A folder of migrations, which is gone after the test. */
async function makeFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'duely-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

const failure = (promise: Promise<unknown>): Promise<SetupError> =>
  promise.then(
    () => expect.fail('it did not fail'),
    error => {
      expect(error).toBeInstanceOf(SetupError);
      return error;
    },
  );

const tablesOf = async (url: string) =>
  [...(await dumpSchema(url)).matchAll(/CREATE TABLE (\w+)/g)].map(([, name]) => name);

test('the migrations go up, down and up again, and make what schema.sql and the entities say', async () => {
  await onEmptyDatabase(async url => {
    expect(await checkMigrations(url, entities)).toEqual([]);
    expect((await readMigrations(url)).map(({ applied }) => applied)).not.toContain(false);
  });
});

test('up applies what is pending and then nothing, down takes back the last', async () => {
  const names = listMigrations();
  await onEmptyDatabase(async url => {
    expect(await migrate(url, 'up', { count: 2 })).toEqual(names.slice(0, 2));
    expect(await migrate(url, 'up')).toEqual(names.slice(2));
    expect(await migrate(url, 'up')).toEqual([]);

    expect(await migrate(url, 'down')).toEqual(names.slice(-1));
    expect(await readMigrations(url)).toEqual(names.map(name => ({ name, applied: name !== names.at(-1) })));
    expect(await migrate(url, 'down', { count: 100 })).toEqual(names.slice(0, -1).reverse());
    expect(await dumpSchema(url)).toBe('');
  });
});

test('of ten that go up at once one applies each migration, and all succeed', async () => {
  await onEmptyDatabase(async url => {
    const done = await Promise.all(Array.from({ length: 10 }, () => migrate(url, 'up')));

    expect(done.flat().sort()).toEqual(listMigrations());
  });
});

test('a migration that fails names itself and its statement, changes nothing, and leaves those before it', async () => {
  const broken =
    '-- Up Migration\ncreate table beta (id integer);\n\n-- It is there already;\ncreate table alpha (\n  id integer\n);\n';
  const folder = await makeFolder({ '1_alpha.sql': ALPHA, '2_broken.sql': broken, '3_beta.sql': BETA });
  await onEmptyDatabase(async url => {
    const { message } = await failure(migrate(url, 'up', { folder }));

    expect(message).toMatch(
      /2_broken\.sql fails in line 5, and was not applied:\n {2}relation "alpha" already exists\n/,
    );
    expect(message).toContain('\n  create table alpha (\n    id integer\n  )');
    expect(await tablesOf(url)).toEqual(['alpha']);
    expect((await readMigrations(url, folder)).map(({ applied }) => applied)).toEqual([true, false, false]);

    await writeFile(join(folder, '2_broken.sql'), '-- Up Migration\n');
    expect(await migrate(url, 'up', { folder })).toEqual(['2_broken', '3_beta']);
  });
});

test('a way back that is missing, fails or has lost its file is refused by name', async () => {
  const folder = await makeFolder({ '1_alpha.sql': ALPHA, '2_beta.sql': BETA.replace(/-- Down[\s\S]*/, '') });
  await onEmptyDatabase(async url => {
    await migrate(url, 'up', { folder });

    const missing = await failure(migrate(url, 'down', { folder }));
    await writeFile(join(folder, '2_beta.sql'), BETA.replace('drop table beta', 'drop table gamma'));
    const failing = await failure(migrate(url, 'down', { folder }));
    await rm(join(folder, '2_beta.sql'));
    const lost = await failure(migrate(url, 'down', { folder }));

    expect(missing.message).toMatch(/2_beta\.sql has no line "-- Down Migration"/);
    expect(failing.message).toMatch(
      /2_beta\.sql fails in line 4, and was not taken back:\n {2}table "gamma" does not exist/,
    );
    expect(lost.message).toMatch(/The file of 2_beta is missing/);
    expect(await readMigrations(url, folder)).toEqual([
      { name: '2_beta', applied: true, missing: true },
      { name: '1_alpha', applied: true },
    ]);
    expect(await tablesOf(url)).toEqual(['alpha', 'beta']);
  });
});

test('a migration that is older than one that is applied is refused', async () => {
  const folder = await makeFolder({ '2_alpha.sql': ALPHA });
  await onEmptyDatabase(async url => {
    await migrate(url, 'up', { folder });
    await writeFile(join(folder, '1_beta.sql'), BETA);

    const { message } = await failure(migrate(url, 'up', { folder }));

    expect(message).toBe(
      'The migration 1_beta is not applied, but the later 2_alpha is. Give 1_beta a newer time in its name, so that it comes last.',
    );
  });
});

test('a database that cannot be opened, or in which the account may make no tables, is told of without the password', async () => {
  const closed = await failure(migrate('postgres://ada:secret@localhost:1/duely', 'up'));
  expect(closed.message).toMatch(/^The database localhost:1\/duely cannot be opened: .*ECONNREFUSED/);

  await onEmptyDatabase(async url => {
    const role = `duely_${new URL(url).pathname.slice(1)}`;
    await withConnection(url, async client => {
      await client.query(`create role ${role} login password 'secret'; revoke create on schema public from public`);
    });
    const login = Object.assign(new URL(url), { username: role, password: 'secret' });
    try {
      const { message } = await failure(migrate(login.href, 'up'));

      expect(message).toBe(
        'The table public.migrations cannot be made: permission denied for schema public. The account has to own the database.',
      );
    } finally {
      await withConnection(url, client => client.query(`drop role ${role}`));
    }
  });
});

test('the check tells of another schema.sql, of entities that differ, and of a way back that leaves something', async () => {
  const folder = await makeFolder({ '1_alpha.sql': ALPHA, '2_beta.sql': BETA.replace('drop table beta', 'select 1') });
  await onEmptyDatabase(async url => {
    const faults = await checkMigrations(url, [Alpha], folder);

    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(
      /schema\.sql is not what the migrations make; rewrite it with: npm run db -- dump\n[\s\S]*\n\+ CREATE TABLE alpha \(/,
    );
    expect(faults[1]).toMatch(
      /^The Down Migration of 2_beta does not lead back to what was there before it:\n[\s\S]*\n\+ CREATE TABLE beta \(/,
    );
  });
  await writeFile(join(folder, '2_beta.sql'), BETA);
  await onEmptyDatabase(async url => {
    await migrate(url, 'up', { folder });
    expect(await writeSchemaFile(url, folder)).toBe(true);
    expect(await writeSchemaFile(url, folder)).toBe(false);
    expect(await readFile(join(folder, 'schema.sql'), 'utf8')).toContain(await dumpSchema(url));
    await migrate(url, 'down', { count: 2, folder });

    expect(await checkMigrations(url, [LongAlpha], folder)).toEqual([
      expect.stringContaining('\nThe entity of alpha has name, the table has not.'),
    ]);
  });
});

test('a new migration comes after all others, and its name is letters, digits, dashes and underscores', async () => {
  const folder = await makeFolder({ '20300101000000_alpha.sql': ALPHA });

  expect(newMigrationFile('add-it', new Date('2026-11-21T10:20:30Z'), folder)).toBe(
    join(folder, '20300101000001_add-it.sql'),
  );
  expect(newMigrationFile('add_it', new Date('2031-11-21T10:20:30Z'), folder)).toBe(
    join(folder, '20311121102030_add_it.sql'),
  );
  for (const name of ['', '../x', 'a b', "a'b", '-a', 'ä']) {
    expect(() => newMigrationFile(name, new Date(), folder)).toThrow(SetupError);
  }
});
