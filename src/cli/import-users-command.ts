import { type FileHandle, open } from 'node:fs/promises';
import { readAccounts } from '../identity/account-import.records.ts';
import { importAccounts } from '../identity/account-import.service.ts';
import type { Config } from '../platform/config.ts';
import { SetupError } from '../platform/errors.ts';
import { asOperator } from './operator.ts';

const count = (accounts: number) => accounts.toLocaleString('en');

/** Tells what becomes of each line, and answers whether none was refused. */
export async function importUsers(
  config: Config,
  path: string,
  { isTrial }: { readonly isTrial: boolean },
): Promise<boolean> {
  await using file = await openFile(path);
  const format = /\.(jsonl|ndjson)$/i.test(path) ? 'JSON_LINES' : 'CSV';
  const counts = { TAKEN_OVER: 0, THERE_ALREADY: 0, REFUSED: 0 };
  await asOperator(config, async ({ transact, database, clock }) => {
    const records = readAccounts(file.createReadStream({ encoding: 'utf8' }), format, clock());
    for await (const told of importAccounts(records, { transact, database, isTrial })) {
      counts[told.outcome] += 1;
      if (told.outcome === 'REFUSED') process.stderr.write(`line ${told.line}: ${told.reason}\n`);
      if (told.outcome === 'THERE_ALREADY') process.stdout.write(`line ${told.line}: ${told.email} is there already\n`);
    }
  });
  process.stdout.write(
    `${count(counts.TAKEN_OVER)} ${isTrial ? 'would be taken' : 'taken'}, ` +
      `${count(counts.THERE_ALREADY)} there already, ${count(counts.REFUSED)} refused.\n`,
  );
  return counts.REFUSED === 0;
}

const openFile = (path: string): Promise<FileHandle> =>
  open(path).catch((error: unknown) => {
    throw new SetupError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error });
  });
