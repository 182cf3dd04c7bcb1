import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { CHECKS } from '../../src/cli/doctor-command.ts';
import { report } from '../../src/cli/doctor-report.ts';
import type { Told } from '../../src/platform/doctor/check.ts';
import { runChecks } from '../../src/platform/doctor/run-checks.ts';
import { createDataFolder, startServer } from '../support/server-process.ts';
import { brief, type Settings, SOUND, temporaryFolder } from './doctor-support.ts';

const SCRIPT = new URL('../../src/cli/doctor.ts', import.meta.url).pathname;

/** Runs the command with these settings and no others, where there is no .env. */
async function doctor(args: string[], settings: Settings, cwd: string) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { cwd, env: { PATH: process.env.PATH ?? '', ...settings } });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

test('a new clone is told what production asks for, and exits with 1; nothing is made', async () => {
  const folder = await temporaryFolder();

  const { code, out, err } = await doctor(['--json', '--only', 'settings,database'], {}, folder);

  const told: Told[] = JSON.parse(out);
  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(brief(told.filter(({ severity }) => severity === 'stop'))).toEqual([
    'stop DATABASE_URL',
    'stop JWT_SECRETS',
    'stop PUBLIC_URL',
    'stop SMTP_URL',
    'stop NODE_ENV',
    'stop',
  ]);
  expect(told.every(({ severity, what, why, mend }) => what && (severity === 'ok' || (why && mend)))).toBe(true);
  expect(await readFile(folder, 'utf8').catch(({ code }) => code)).toBe('EISDIR');
  expect(await doctor(['--only', 'settings'], {}, folder)).toMatchObject({
    out: expect.stringMatching(/5 things stop/),
  });
});

test('what is sound exits with 0, and says so', async () => {
  const folder = await temporaryFolder();

  const run = await doctor(['--only', 'settings,secrets'], SOUND, folder);

  expect(run).toEqual({ code: 0, out: expect.stringMatching(/^Nothing stops a release\. 0 to warn of/), err: '' });
});

test('no secret of the settings is printed, whatever is wrong with them', async () => {
  const folder = await temporaryFolder();
  const secrets = {
    DATABASE_URL: 'zebra-database',
    REDIS_URL: 'zebra-redis',
    SMTP_URL: 'zebra-mail',
    JWT_SECRETS: 'zebra-secret-change-me-0123456789-0123456789',
    BETTER_AUTH_SECRET: 'zebra-secret-change-me-0123456789-0123456789',
    STRIPE_SECRET_KEY: 'sk_test_zebra-stripe!',
    JAZZCASH_INTEGRITY_SALT: 'zebra-salt',
    EASYPAISA_HASH_KEY: 'zebra-hash',
  };
  const settings = {
    ...SOUND,
    ...secrets,
    DATABASE_URL: `postgres://ada:${secrets.DATABASE_URL}@127.0.0.1:1/duely`,
    REDIS_URL: `redis://:${secrets.REDIS_URL}@127.0.0.1:1`,
    SMTP_URL: `smtp://ada:${secrets.SMTP_URL}@127.0.0.1:1`,
  };

  const groups = [...new Set(CHECKS.map(({ id }) => id.split('.')[0]))].filter(group => group !== 'machine');
  const runs = await Promise.all(
    [[], ['--json']].map(args => doctor([...args, '--verbose', '--only', groups.join()], settings, folder)),
  );

  for (const { code, out, err } of runs) {
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).not.toMatch(/zebra/);
  }
});

test('on the embedded database it works while the server runs, and when it does not', async () => {
  await using folder = await createDataFolder();
  const server = await startServer(folder);
  const settings = { DATA_DIR: folder.path };
  const names = 'database,accounts.admin';

  const running = await doctor(['--json', '--only', names], settings, folder.path);
  server.kill('SIGTERM');
  await server.exited;
  const alone = await doctor(['--json', '--only', names], settings, folder.path);

  for (const { code, out } of [running, alone]) {
    const told: Told[] = JSON.parse(out);
    // Nobody is an admin there; everything else is sound, durability as well.
    expect(told.filter(({ severity }) => severity !== 'ok').map(({ id }) => id)).toEqual(['accounts.admin']);
    expect(told.map(({ id }) => id)).toEqual(expect.arrayContaining(['database.durability', 'database.wake-ups']));
    expect(code).toBe(0);
  }
});

test('a check that fails, or does not answer in time, is told, and the others are too', async () => {
  const installation = { given: {} } as Parameters<typeof runChecks>[1];
  const checks = [
    { id: 'one.fails', ok: '', look: () => Promise.reject(new Error('It is broken')) },
    { id: 'one.hangs', ok: '', timeoutMs: 1, look: () => new Promise<null>(() => {}) },
    { id: 'one.rests', ok: '', look: () => null },
    { id: 'one.works', ok: 'It works.', look: () => [] },
  ];

  expect(await runChecks(checks, installation)).toMatchObject([
    { id: 'one.fails', severity: 'warn', what: 'This could not be looked at: It is broken.' },
    { id: 'one.hangs', severity: 'warn', what: expect.stringMatching(/no answer within/) },
    { id: 'one.works', severity: 'ok', what: 'It works.' },
  ]);
});

test('the report has colours only where it is asked for them', () => {
  const told = [{ id: 'mail.tls', severity: 'warn', subject: null, what: 'What.', why: 'Why.', mend: 'So.' }] as const;

  const plain = report(told, { verbose: false, colours: false });

  expect(plain).toBe(
    'Mail\n  warn  What.\n        Why.\n        Mend: So.\n        (mail.tls)\n\nNothing stops a release. 1 to warn of, 0 to know; 0 checks found nothing wrong.\n',
  );
  expect(report(told, { verbose: false, colours: true })).toContain('\u001b[33mwarn');
});

test('deploy/doctor.md lists every check, and no others', async () => {
  const listed = [...(await readFile('deploy/doctor.md', 'utf8')).matchAll(/^\| `([a-z]+\.[a-z-]+)` \|/gm)].map(
    ([, id]) => id,
  );

  expect(listed).toEqual(CHECKS.map(({ id }) => id));
});

test.each([
  [['--only', 'weather'], /^There is no check "weather"\. Groups: settings, secrets,/],
  [['--quick'], /^Unknown option '--quick'/],
  [['now'], /^Unexpected argument 'now'/],
])('%j is refused with what is wrong', async (args, message) => {
  const { code, out, err } = await doctor(args, SOUND, await temporaryFolder());

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(message);
});

test('--help says what it does, without settings', async () => {
  const { code, out, err } = await doctor(['--help'], { PORT: 'eighty' }, await temporaryFolder());

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^npm run doctor -- [\s\S]+--only/);
});
