import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { describe, expect, test } from 'vitest';
import { ROOT } from './dockerfile.ts';
import { type Document, read, readYaml } from './settings.ts';

const files = globSync('.github/workflows/*.yml', { cwd: ROOT });
const { scripts, version } = JSON.parse(read('package.json'));
const jobsOf = (file: string): [string, Document][] => Object.entries(readYaml(file).jobs);
const stepsOf = (file: string): Document[] => jobsOf(file).flatMap(([, { steps }]) => steps);

describe.for(files)('%s', file => {
  test('is what the published schema says', () => {
    expect(validateWorkflow(read(file)).errors).toEqual([]);
  });

  test('may do no more than it has to, ends by itself, and runs once at a time', () => {
    const { permissions, concurrency } = readYaml(file);

    expect([{}, { contents: 'read' }]).toContainEqual(permissions);
    expect(concurrency).toMatchObject({ group: expect.any(String) });
    for (const [name, job] of jobsOf(file)) expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
    for (const { uses, with: options } of stepsOf(file)) {
      if (uses?.startsWith('actions/checkout@')) expect(options).toMatchObject({ 'persist-credentials': false });
    }
  });

  test('takes actions by their full versions or their commits', () => {
    const used = stepsOf(file).flatMap(({ uses }) => uses ?? []);

    expect(used.filter(uses => !/^[\w-]+\/[\w-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})$/.test(uses))).toEqual([]);
  });

  test('runs scripts and files that there are, and nothing that somebody outside has written', () => {
    const runs = stepsOf(file).flatMap(({ run }) => run ?? []);
    const scriptsRun = runs.flatMap(run => [...run.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name));
    const filesRun = runs.flatMap(run => run.match(/(?:\.ci|deploy)\/[\w./-]+/g) ?? []);

    expect(scriptsRun.filter(name => !(name in scripts))).toEqual([]);
    expect(filesRun.filter((path: string) => !existsSync(join(ROOT, path)))).toEqual([]);
    // An expression in a script is text that becomes code: it belongs in "env".
    expect(runs.filter(run => run.includes('${{'))).toEqual([]);
  });
});

test('what has to pass before a change lands runs on the embedded PostgreSQL and on each from 14 to 18', () => {
  const jobs = Object.fromEntries(jobsOf('.github/workflows/ci.yml'));
  const ofCi = ({ steps }: Document) => steps.find(({ run }: Document) => /\.ci\/run$/.test(run ?? ''))?.run;

  accessSync(join(ROOT, '.ci/run'), constants.X_OK);
  expect(ofCi(jobs.embedded)).toBe('sudo --preserve-env=PATH,CI .ci/run');
  expect(ofCi(jobs.postgres)).toContain('TEST_DATABASE_URL');
  expect(jobs.postgres.env.TEST_DATABASE_URL).toMatch(/^postgres:\/\//);
  expect(jobs.postgres.strategy.matrix.postgres).toEqual([14, 15, 16, 17, 18]);
});

test('the image of a release is pushed with its provenance and with what is in it, under its version', () => {
  const build = stepsOf('.github/workflows/release.yml').find(({ uses }) =>
    uses?.startsWith('docker/build-push-action'),
  );

  expect(readYaml('.github/workflows/release.yml').on).toEqual({ push: { tags: ['v*.*.*'] } });
  expect(build.with).toMatchObject({ push: true, provenance: 'mode=max', sbom: true, context: '.' });
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});

test('updates are looked for of everything that has versions here', () => {
  const { version: format, updates } = readYaml('.github/dependabot.yml');

  expect(format).toBe(2);
  expect(updates.map((update: Document) => update['package-ecosystem']).sort()).toEqual([
    'docker',
    'docker-compose',
    'github-actions',
    'npm',
  ]);
  for (const { directory, directories = [directory], schedule } of updates) {
    expect(['daily', 'weekly', 'monthly']).toContain(schedule.interval);
    expect(directories.filter((path: string) => !existsSync(join(ROOT, path)))).toEqual([]);
  }
});
