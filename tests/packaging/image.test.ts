import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { freePort } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { buildImage, CONTAINER_MISSING, type Container, canContain, type Image, runContainer } from './container.ts';
import { commandOf, ROOT } from './dockerfile.ts';

const SETTINGS = {
  JWT_SECRETS: 'a7c31f0e94b2d856a7c31f0e94b2d856,0f1e2d3c4b5a69780f1e2d3c4b5a6978',
  PUBLIC_URL: 'https://api.example.com',
  SMTP_URL: 'off',
  HOST: '127.0.0.1',
};
/** What is not there for anybody else to see. */
const PLANTED = [
  '.env',
  'src/.env',
  'src/platform/server.key',
  '.data/jwt-secret',
  '.git/config',
  'notes.txt',
  'node_modules/x/index.js',
];

/** Of the files that are the project's own. */
const KINDS = /^(LICENSE|package\.json)$|\.(ts|graphql|sql|js|css|svg|html|txt)$/;

let folder: string;
let image: Image;

beforeAll(async () => {
  if (!canContain) return;
  folder = await mkdtemp(join(tmpdir(), 'duely-image-'));
  const context = join(folder, 'context');
  const left = /\/(node_modules|\.git|\.data|\.github)(\/|$)/;
  await cp(ROOT, context, { recursive: true, filter: path => !left.test(path.slice(ROOT.length - 1)) });
  for (const path of PLANTED) {
    await mkdir(join(context, path, '..'), { recursive: true });
    await writeFile(join(context, path), 'planted');
  }
  image = await buildImage(folder, context);
}, 300_000);

afterAll(() => (folder ? rm(folder, { recursive: true, force: true }) : undefined));

test.beforeEach(({ skip }) => skip(!canContain, CONTAINER_MISSING));

test('the image holds the sources and what they need, and nothing of development, of secrets or of tests', () => {
  const top = globSync('{*,.*}', { cwd: image.app }).sort();
  const files = globSync('{*,.*,{src,schema,migrations}/**/{*,.*}}', { cwd: image.app, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(image.app.length + 1));
  const sources = globSync('{src/**/*.ts,schema/*.graphql,migrations/*.sql}', { cwd: join(folder, 'context') });

  expect(top).toEqual(['LICENSE', 'migrations', 'node_modules', 'package.json', 'schema', 'src']);
  expect(sources.length).toBeGreaterThan(200);
  expect(sources.filter(path => !existsSync(join(image.app, path)))).toEqual([]);
  expect(files.filter(path => !KINDS.test(path))).toEqual([]);
  expect(PLANTED.filter(path => existsSync(join(image.app, path)))).toEqual([]);
});

test('the image holds the packages of production alone, without PostgreSQL and without a second Node', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  const there = Object.entries(packages).filter(([path]) => path !== '' && existsSync(join(image.app, path)));
  const missing = Object.entries(packages).filter(
    ([path, { dev, optional }]) => path !== '' && !dev && !optional && !existsSync(join(image.app, path)),
  );
  const executables = globSync('node_modules/**/bin/{postgres,initdb,node}', { cwd: image.app });

  expect(there.filter(([, { dev }]) => dev).map(([path]) => path)).toEqual([]);
  expect(there.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
  expect(executables).toEqual([]);
});

test('a container migrates, serves, signs people up, is found healthy and ends orderly on SIGTERM, as process 1 and nobody', async () => {
  await using database = await createTestDatabase();
  await database.query('drop schema public cascade; create schema public; drop schema pgboss cascade');
  const settings = { ...SETTINGS, DATABASE_URL: database.url, PORT: await freePort() };
  const url = `http://127.0.0.1:${settings.PORT}`;

  const early = runContainer(image, settings);
  const refused = await early.exited;
  const migration = runContainer(image, settings, ['node', 'src/cli/db.ts', 'up']);
  const migrated = await migration.exited;
  const server = runContainer(image, settings);
  await until('it serves', () => server.output().includes('Duely listens on'));
  const status = await status1(server);
  const healthy = await runContainer(image, settings, commandOf(image.stage, 'HEALTHCHECK')).exited;
  const ready = await fetch(`${url}/ready`);
  const signedUp = await signUp(url);
  await server.signal('SIGTERM');
  const code = await server.exited;
  const unhealthy = await runContainer(image, settings, commandOf(image.stage, 'HEALTHCHECK')).exited;

  expect([refused, early.output()]).toEqual([1, expect.stringContaining('npm run db -- up')]);
  expect([migrated, migration.output()]).toEqual([0, expect.stringMatching(/^Applied /)]);
  expect(status).toMatchObject({ Name: expect.stringMatching(/node|Main/), NSpid: expect.stringMatching(/\t1$/) });
  expect(status).toMatchObject({ Uid: '1000\t1000\t1000\t1000', CapEff: '0000000000000000', NoNewPrivs: '1' });
  expect(healthy).toBe(0);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'ready',
      dependencies: { database: 'up', migrations: 'applied', listener: 'up', jobs: expect.any(String) },
    },
  ]);
  expect(signedUp).toMatchObject({ data: { signUp: { userErrors: [], accessToken: expect.any(String) } } });
  expect([code, server.output()]).toEqual([0, expect.not.stringMatching(/"level":"(error|fatal)"|EROFS|EACCES/)]);
  expect(unhealthy).toBe(1);
});

test('a container without settings ends with 1 and says which are missing', async () => {
  const run = runContainer(image, {});

  const code = await run.exited;

  expect(code).toBe(1);
  for (const name of ['DATABASE_URL', 'JWT_SECRETS', 'PUBLIC_URL', 'SMTP_URL']) {
    expect(run.output()).toContain(`${name} is missing`);
  }
});

test('a container that is stopped while it waits for its database ends at once', async () => {
  await using silent = await listenSilently();
  const DATABASE_URL = `postgres://duely:x@127.0.0.1:${silent.port}/duely`;
  const run = runContainer(image, { ...SETTINGS, DATABASE_URL, PORT: '0' });
  await until('it asks for the database', () => silent.asked());

  await run.signal('SIGTERM');
  const code = await run.exited;

  expect(code).toBe(143);
});

test('bcrypt, whose install script does not run, works in the image', async () => {
  const run = runContainer(image, {}, [
    'node',
    '-e',
    'process.exit(require("bcrypt").compareSync("x", require("bcrypt").hashSync("x", 4)) ? 0 : 1)',
  ]);

  const code = await run.exited;

  expect([code, run.output()]).toEqual([0, '']);
});

/** Of the process that is 1 in the container, as proc(5) has it. */
async function status1({ pid }: Container): Promise<Record<string, string>> {
  const id = await pid();
  if (!id) return {};
  const lines = readFileSync(`/proc/${id}/status`, 'utf8').split('\n');
  return Object.fromEntries(lines.map(line => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 1).trim()]));
}

/** A server that takes connections and says nothing. */
async function listenSilently() {
  const sockets = new Set<Socket>();
  const server = createServer(socket => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked: () => sockets.size > 0,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function signUp(url: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation { signUp(input: { email: "ada@example.com", username: "ada", password: "${PASSWORD}" }) {
        accessToken userErrors { message }
      } }`,
    }),
  });
  return response.json();
}
