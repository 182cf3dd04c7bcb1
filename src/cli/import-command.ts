import { readFile, stat } from 'node:fs/promises';
import type { Config } from '../platform/config.ts';
import { SetupError } from '../platform/errors.ts';
import { ImportFileError } from '../todo/todo-import.records.ts';
import { IMPORT_MAX_BYTES, type ImportType, importFile } from '../todo/todo-import.ts';
import { asOperator } from './operator.ts';
import { findPerson } from './person.ts';

const TYPES: readonly (readonly [RegExp, ImportType])[] = [
  [/\.json$/i, 'application/json'],
  [/\.(ics|ical)$/i, 'text/calendar'],
];

const count = (todos: number) => todos.toLocaleString('en');

/** Tells what was refused and how many were taken, and answers whether nothing was refused. */
export async function importForPerson(
  config: Config,
  email: string,
  path: string,
  { skipInvalid }: { readonly skipInvalid: boolean },
): Promise<boolean> {
  const type = TYPES.find(([pattern]) => pattern.test(path))?.[1];
  if (!type) throw new SetupError(`${path} is neither a .json nor an .ics file.`);
  const bytes = await readWhole(path);
  const { imported, alreadyThere, refused } = await asOperator(config, async operator => {
    const { database, transact, security, clock } = operator;
    const person = await findPerson(database, email);
    if (person.deletedAt) throw new SetupError('This account is closed: restore it first.');
    const parts = { database, transact, security, limits: config.openTodos, now: clock() };
    return importFile(bytes, type, { ...parts, ownerId: person.id, by: 'OPERATOR', skipInvalid });
  }).catch((error: unknown) => {
    throw error instanceof ImportFileError ? new SetupError(`${path}: ${error.message}`, { cause: error }) : error;
  });
  for (const { place, path: property, message } of refused)
    process.stderr.write(`${place}${property.length > 0 ? ` ${property.join('.')}` : ''}: ${message}\n`);
  const refusedCount = new Set(refused.map(({ place }) => place)).size;
  process.stdout.write(
    `${count(imported)} imported, ${count(alreadyThere)} there already, ${count(refusedCount)} refused.\n`,
  );
  return refused.length === 0;
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > IMPORT_MAX_BYTES)
      throw new SetupError(`${path} has more than ${IMPORT_MAX_BYTES / 1_024 / 1_024} MB: import it in parts.`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`${path} cannot be read: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
