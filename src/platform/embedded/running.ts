import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPassword } from './cluster.ts';
import { openFolder } from './folder.ts';
import { isAlive } from './leftover.ts';
import { addressOf } from './postgres.ts';

/**
 * The address of the database that another process serves from this folder at this moment; null where none does. To be
 * asked after the folder was found to be in use: what a killed process left running may end at any moment.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | null> {
  const folder = await openFolder(dataDir);
  // Line 1 is the process, line 4 the port, line 8 the state (miscadmin.h).
  const lines = (await readFile(join(folder.cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  if (!isAlive(Number(lines[0])) || lines[7]?.trim() !== 'ready') return null;
  return addressOf(await readPassword(folder), Number(lines[3]));
}
