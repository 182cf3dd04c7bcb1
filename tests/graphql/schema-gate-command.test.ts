import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'duely-schema-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs `npm run schema -- …`. */
async function schema(...args: string[]) {
  const child = spawn(process.execPath, ['src/cli/schema.ts', ...args]);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

/** The SDL of the source, released as it is: a copy to change. */
async function copySchema() {
  const root = await mkdtemp(join(scratch, 'copy-'));
  const [folder, released] = [join(root, 'schema'), join(root, 'released')];
  await cp('schema', folder, { recursive: true });
  const at = ['--folder', folder, '--released', released];
  const change = async (file: string, from: string | RegExp, to: string) => {
    const path = join(folder, file);
    const before = await readFile(path, 'utf8');
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    await writeFile(path, after);
  };
  return {
    check: () => schema('check', ...at),
    release: () => schema('release', ...at),
    change,
    except: (line: string) => writeFile(join(released, 'exceptions.txt'), line),
    exceptions: () => readFile(join(released, 'exceptions.txt'), 'utf8'),
  };
}

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('the schema that is served can follow the last release', async () => {
  expect(await schema('check')).toMatchObject({ code: 0, err: '' });
});

test('a field that is taken out of a file is refused with its name, the rule and what to do', async () => {
  const { check, release, change } = await copySchema();
  await release();
  const unchanged = await check();
  await change('todo.graphql', /\n {2}"The first time that.*\n {2}completedAt: .*\n/, '\n');

  const refused = await check();

  expect(unchanged).toEqual({
    code: 0,
    out: expect.stringMatching(/^The schema is that of the last release, \S+\.\n$/),
    err: '',
  });
  expect(refused).toEqual({
    code: 1,
    out: '',
    err: `Todo.completedAt: Field 'completedAt' was removed from object type 'Todo'. That breaks clients of the last release (FIELD_REMOVED). Put it back with @deprecated(reason: "Use … instead. Removed after ${daysFromNow(90)}."), release that, and take it out when that day is over.

The rules are in src/README.md, "Changing the schema".
`,
  });
  expect(await release()).toMatchObject({ code: 1, err: refused.err });
});

test('a field goes by deprecation, release and date, and its deprecation has to give 90 days', async () => {
  const { check, release, change } = await copySchema();
  await release();
  const deprecate = (date: string) =>
    change(
      'todo.graphql',
      /\n {2}completedAt: DateTime.*\n/,
      `\n  completedAt: DateTime @deprecated(reason: "Use completed instead. Removed after ${date}.")\n`,
    );
  await deprecate(daysFromNow(80));
  const soon = [await check(), await release()];
  await deprecate(daysFromNow(91));
  const enough = await release();
  await change('todo.graphql', /\n {2}"The first time that.*\n {2}completedAt: .*\n/, '\n');
  const removed = await check();

  expect(soon).toMatchObject([
    { code: 0, out: expect.stringContaining('safe       FIELD_DEPRECATION_ADDED Todo.completedAt: ') },
    {
      code: 1,
      err: expect.stringMatching(
        /^Todo\.completedAt is deprecated for the first time and goes after \S+: give clients 90 days, until \S+ at the least\.\n/,
      ),
    },
  ]);
  expect(enough).toMatchObject({ code: 0, err: '' });
  expect(removed.err).toContain(
    `The last release promised it until ${daysFromNow(91)}: put it back until that day is over.`,
  );
});

test('an exception lets a change through that cannot wait, until the next release', async () => {
  const { check, release, change, except, exceptions } = await copySchema();
  await release();
  await change(
    'payment.graphql',
    'paymentProviders: [PaymentProvider!]! @public',
    'paymentProviders: [PaymentProvider!]!',
  );
  const refused = await check();
  await except('VIEWER_NEEDED Query.paymentProviders');
  const unexplained = await check();
  await except('# Why:\n\nVIEWER_NEEDED Query.paymentProviders: It told strangers what we pay for.\n');
  const passed = await check();
  const released = await release();

  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('(VIEWER_NEEDED)') });
  expect(unexplained).toMatchObject({
    code: 1,
    err: expect.stringMatching(
      /exceptions\.txt has a line that is no exception: "VIEWER_NEEDED Query\.paymentProviders"\./,
    ),
  });
  expect(passed).toMatchObject({
    code: 0,
    out: expect.stringContaining(
      'breaking   VIEWER_NEEDED Query.paymentProviders: It was @public and now needs a viewer.',
    ),
  });
  expect(released).toMatchObject({ code: 0 });
  expect(await exceptions()).toMatch(/^(#.*\n)+$/);
  expect(await check()).toMatchObject({ code: 0 });
});

test('print prints the schema that is served, which can be released', async () => {
  const printed = await schema('print');

  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(printed.out).toMatch(
    /^ {2}signUp\(input: SignUpInput!\): SignUpPayload! @cost\(weight: "50"\) @public @rateLimit\(max: 100, /m,
  );
});

test('every command has --help', async () => {
  const overview = await schema('--help');
  const commands = [...overview.out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => String(name));

  expect(commands).toEqual(['check', 'release', 'print']);
  for (const name of commands) {
    const help = await schema(name, '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^npm run schema -- ${name}[\\s\\S]+--help`));
  }
});

test.each([
  [[], /^Say which command\.\n\nnpm run schema -- COMMAND\n/],
  [['publish'], /^There is no command "publish"\./],
  [['check', 'now'], /^"now" is too much: npm run schema -- check\n$/],
  [['check', '--force'], /^Unknown option '--force'/],
  [['check', '--folder', '/nowhere'], /^The folder of the schema, \/nowhere, is not there\.\n$/],
  [
    ['check', '--released', '/nowhere'],
    /^There is no .*nowhere\/schema\.graphql to compare with: npm run schema -- release makes it\.\n$/,
  ],
])('%j is refused with what is wrong', async (args, message) => {
  const { code, out, err } = await schema(...args);

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(message);
});

test.each(['type Query {', 'type Query { a: Nothing }'])('SDL that cannot be read is named: %s', async broken => {
  const { check, release, change } = await copySchema();
  await release();
  await change('todo.graphql', /[\s\S]*/, broken);

  expect(await check()).toMatchObject({ code: 1, err: expect.stringMatching(/schema is no SDL that can be read: .+/) });
});
