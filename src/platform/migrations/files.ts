import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from '../errors.ts';
import { type Statement, splitStatements } from './sql-statements.ts';

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** `20261121000001_accounts.sql`; anything else in the folder, such as schema.sql, is no migration. */
const FILE = /^\d+_[\w-]+\.sql$/;

export type Direction = 'up' | 'down';

/** Names of all migrations, in the order in which they are applied. */
export function listMigrations(folder = MIGRATIONS_FOLDER): string[] {
  if (!existsSync(folder)) throw new SetupError(`The folder of the migrations, ${folder}, is not there.`);
  return readdirSync(folder)
    .filter(file => FILE.test(file))
    .map(file => basename(file, '.sql'))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : 1));
}

export interface LocatedStatement extends Statement {
  /** In its file, from 1. */
  readonly line: number;
}

/** The statements that stand under `-- Up Migration` or `-- Down Migration`. Throws where there is no such line. */
export function readStatements(file: string, direction: Direction): LocatedStatement[] {
  const text = readFileSync(file, 'utf8');
  const begin = findSection(text, direction);
  if (begin === -1) throw new SetupError(`${file} has no line "-- ${TITLES[direction]}", so that it cannot be run.`);
  const other = findSection(text, direction === 'up' ? 'down' : 'up');
  const section = text.slice(begin, other > begin ? other : undefined);
  return splitStatements(section).map(({ text: statement, offset }) => ({
    text: statement,
    offset: begin + offset,
    line: text.slice(0, begin + offset).split('\n').length,
  }));
}

const TITLES = { up: 'Up Migration', down: 'Down Migration' } as const;
const findSection = (text: string, direction: Direction) =>
  text.search(new RegExp(`^--[ -]*${TITLES[direction]}\\b`, 'im'));

/**
 * The path for a new migration: the time in UTC, so that it comes after all others, and a name of letters, digits,
 * dashes and underscores. Throws where the name is none.
 */
export function newMigrationFile(name: string, now: Date, folder = MIGRATIONS_FOLDER): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)) {
    throw new SetupError(
      `"${name}" cannot be the name of a migration: use up to 100 letters, digits, dashes and underscores, such as add_notes.`,
    );
  }
  const stamp = Number(now.toISOString().replace(/\D/g, '').slice(0, 14));
  const last = Number.parseInt(listMigrations(folder).at(-1) ?? '0', 10);
  const file = join(folder, `${Math.max(stamp, last + 1)}_${name}.sql`);
  if (existsSync(file)) throw new SetupError(`${file} is there already.`);
  return file;
}
