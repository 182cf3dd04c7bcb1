import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';
import { listMigrations } from '../../src/platform/migrations/files.ts';
import { withScratchDatabase } from '../../src/platform/migrations/scratch-database.ts';

const NAMES = listMigrations();
const [FIRST, LAST] = [NAMES.at(0), NAMES.at(-1)];

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'duely-db-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs `npm run db -- …` in the environment of the tests, with settings of its own. */
async function db(args: string[], settings: Record<string, string> = {}) {
  const child = spawn(process.execPath, ['src/cli/db.ts', ...args], {
    env: {
      ...process.env,
      NODE_ENV: 'development',
      // Empty, so that those of a developer's .env are not used.
      DATABASE_URL: '',
      DATABASE_DIRECT_URL: '',
      DATA_DIR: join(scratch, 'data'),
      ...settings,
    },
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

const onEmptyDatabase = (work: (settings: { DATABASE_URL: string }) => Promise<void>) =>
  withScratchDatabase(inject('postgresUrl'), url => work({ DATABASE_URL: url }));

/** A folder with the migrations of the source, to write into. */
async function copyMigrations(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'migrations-'));
  await cp('migrations', folder, { recursive: true });
  return folder;
}

test('up, status and down do what they say, and tell what they did', async () => {
  await onEmptyDatabase(async settings => {
    expect(await db(['status'], settings)).toEqual({
      code: 0,
      out: NAMES.map(name => `pending  ${name}\n`).join(''),
      err: '',
    });
    expect(await db(['up'], settings)).toEqual({
      code: 0,
      out: NAMES.map(name => `Applied ${name}\n`).join(''),
      err: '',
    });
    expect(await db(['up'], settings)).toMatchObject({
      code: 0,
      out: 'Nothing to apply: the database has all migrations.\n',
    });
    expect(await db(['down'], settings)).toMatchObject({ code: 0, out: `Took back ${LAST}\n` });
    const { code, out } = await db(['status'], settings);
    expect({ code, out }).toEqual({
      code: 0,
      out: NAMES.map(name => `${name === LAST ? 'pending' : 'applied'}  ${name}\n`).join(''),
    });
    expect(await db(['down', String(NAMES.length)], settings)).toMatchObject({
      code: 1,
      err: `Nothing was taken back: there are not ${NAMES.length} to take back, but ${NAMES.length - 1}.\n`,
    });
    expect(await db(['down', String(NAMES.length - 1)], settings)).toMatchObject({
      code: 0,
      out: expect.stringMatching(new RegExp(`Took back ${FIRST}\n$`)),
    });
    expect(await db(['down'], settings)).toEqual({
      code: 1,
      out: '',
      err: 'There is nothing to take back: no migration is applied.\n',
    });
  });
});

test('of ten processes that go up at once all succeed, and one applies each migration', async () => {
  await onEmptyDatabase(async settings => {
    const done = await Promise.all(Array.from({ length: 10 }, () => db(['up'], settings)));

    expect(done.map(({ code, err }) => ({ code, err }))).toEqual(done.map(() => ({ code: 0, err: '' })));
    const applied = done.flatMap(({ out }) => [...out.matchAll(/^Applied (.*)$/gm)].map(([, name]) => name));
    expect(applied.sort()).toEqual(NAMES);
  });
});

test('without DATABASE_URL the embedded database is migrated, unless a running server holds it', async () => {
  const applied = await db(['up']);
  const status = await db(['status']);
  const server = await startEmbeddedPostgres({ dataDir: join(scratch, 'data') });
  const refused = await db(['status']);
  await server.stop();

  expect(applied).toMatchObject({ code: 0, err: '' });
  expect(status).toMatchObject({ code: 0, out: NAMES.map(name => `applied  ${name}\n`).join('') });
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/^The data folder .* is in use by process \d+\. Stop that process, .*\n$/);
});

test('create writes a migration that can be applied, without a database that is in use', async () => {
  const folder = await copyMigrations();

  const { code, out, err } = await db(['create', 'add_notes', '--folder', folder]);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  const [file = ''] = (await readdir(folder)).filter(name => name.endsWith('_add_notes.sql'));
  expect(file).toMatch(/^\d{14}_add_notes\.sql$/);
  expect(out).toContain(file);
  expect(out).toContain('Entities and tables agree');
  expect(await readFile(join(folder, file), 'utf8')).toBe('-- Up Migration\n\n-- Down Migration\n');
});

test('check holds migrations, schema.sql and entities together, and dump rewrites schema.sql', async () => {
  const folder = await copyMigrations();
  await onEmptyDatabase(async settings => {
    expect(await db(['check', '--folder', folder], settings)).toMatchObject({ code: 0, err: '' });

    await writeFile(
      join(folder, '20990101000000_nickname.sql'),
      '-- Up Migration\nalter table users add nickname text;\n\n-- Down Migration\nalter table users drop column nickname;\n',
    );
    const faulty = await db(['check', '--folder', folder], settings);
    const dumped = await db(['dump', '--folder', folder], settings);
    const rest = await db(['check', '--folder', folder], settings);

    expect(faulty).toMatchObject({ code: 1, out: '' });
    expect(faulty.err).toMatch(/schema\.sql is not what the migrations make; rewrite it with: npm run db -- dump\n/);
    expect(faulty.err).toContain('\n+   nickname text,\n');
    expect(faulty.err).toContain('\nThe table users has nickname, the entity has not.\n');
    expect(dumped).toMatchObject({ code: 0, out: expect.stringMatching(/^Wrote .*schema\.sql\.\n$/) });
    expect(rest).toMatchObject({ code: 1 });
    expect(rest.err).not.toContain('dump');
  });
});

test('every command has --help', async () => {
  const overview = await db(['--help']);
  const commands = [...overview.out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => String(name));

  expect(commands).toEqual(['up', 'down', 'status', 'create', 'check', 'dump']);
  expect(overview).toMatchObject({ code: 0, err: '' });
  for (const name of commands) {
    const help = await db([name, '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^npm run db -- ${name}[\\s\\S]+--help`));
  }
});

test.each([
  [[], /^Say which command\.\n\nnpm run db -- COMMAND\n/],
  [['sideways'], /^There is no command "sideways"\./],
  [['sideways', '--help'], /^There is no command "sideways"\./],
  [['up', 'now'], /^"now" is too much: npm run db -- up\n$/],
  [['down', '2', '3'], /^"3" is too much: npm run db -- down \[COUNT\]\n$/],
  [['down', '0'], /^"0" is not how many to take back: give a whole number, such as 2\.\n$/],
  [['create'], /^Something is missing: npm run db -- create NAME\n$/],
  [['create', '../up'], /^"\.\.\/up" cannot be the name of a migration: use up to 100 letters, digits/],
  [['status', '--verbose'], /^Unknown option '--verbose'/],
  [['status', '--folder', '/nowhere'], /^The folder of the migrations, \/nowhere, is not there\.\n$/],
])('%j is refused with what is wrong', async (args, message) => {
  const { code, out, err } = await db(args, { DATABASE_URL: inject('postgresUrl') });

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(message);
});

test('a database that is not there is named', async () => {
  const { code, err } = await db(['up'], { DATABASE_URL: 'postgres://ada:secret@127.0.0.1:1/duely' });

  expect({ code, err }).toEqual({
    code: 1,
    err: 'The database 127.0.0.1:1/duely cannot be opened: connect ECONNREFUSED 127.0.0.1:1\n',
  });
});
