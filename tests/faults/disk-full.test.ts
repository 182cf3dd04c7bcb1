import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { codesOf, endure, warmUp } from './endurance.ts';
import { startOwnPostgres } from './own-postgres.ts';
import { startOwnServer } from './own-server.ts';
import { FAULT_TIMEOUT_MS as timeout } from './rounds.ts';
import { makeSmallDisk } from './small-disk.ts';

const NO_DISK =
  'A small disk in memory has to be mounted: run as root, outside of a container or in one with CAP_SYS_ADMIN.';
const DISK_MB = 200;
/** Little of it is set aside for the log of writes. */
const SETTINGS = { min_wal_size: '32MB', max_wal_size: '64MB', shared_buffers: '32MB' };
const WAL_SEGMENT = 16 * 1024 * 1024;

test('where the disk of PostgreSQL is full, writes are UNAVAILABLE, reads go on, and nothing is lost when there is room again', {
  timeout,
}, async ({ skip }) => {
  await using disk = await makeSmallDisk(DISK_MB);
  if (!disk) return skip(NO_DISK);
  await using postgres = await startOwnPostgres({ folder: disk.folder, settings: SETTINGS });
  await using server = await startOwnServer(postgres, postgres);
  await warmUp({ server, postgres });

  const work = await endure({ server, postgres }, async ({ answers }) => {
    await disk.fill(0);
    await until('writes are refused', () => answers.some(({ codes }) => codes.includes('UNAVAILABLE')));
    const before = answers.length;
    await until('reads go on', () => answers.slice(before).filter(({ codes }) => codes.length === 0).length > 20);
    expect(await server.ready()).toMatchObject({ status: 200 });
    await disk.free();
  });

  expect(codesOf(work)).toContain('UNAVAILABLE');
});

test('where PostgreSQL crashes because it can log no more writes, nothing is lost when there is room again', {
  timeout,
}, async ({ skip }) => {
  await using disk = await makeSmallDisk(DISK_MB);
  if (!disk) return skip(NO_DISK);
  await using postgres = await startOwnPostgres({ folder: disk.folder, settings: SETTINGS });
  await using server = await startOwnServer(postgres, postgres);
  await warmUp({ server, postgres });

  await endure({ server, postgres }, async ({ answers }) => {
    // The tables have room to grow, and the log has none for its next file.
    await disk.fill(WAL_SEGMENT / 2);
    const before = answers.length;
    await until('it has crashed', async () => {
      await postgres.query('select pg_switch_wal()').catch(() => {});
      return answers.slice(before).some(({ codes }) => codes.includes('UNAVAILABLE'));
    });
    await until('it is away', async () => (await server.ready()).status === 503);
    await disk.free();
    // Where it cannot even begin to recover it ends, and whoever looks after it starts it again.
    await until('it is back', async () => {
      if (postgres.hasEnded()) await postgres.start();
      return (await server.ready()).status === 200;
    });
  });
});
