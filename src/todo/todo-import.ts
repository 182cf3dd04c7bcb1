import { forkFor } from '../change/transact.ts';
import { readUsers } from '../identity/identity.reads.ts';
import type { Database } from '../platform/database.ts';
import { readCalendarTodos } from './todo-calendar.reader.ts';
import { checkRecords } from './todo-import.checks.ts';
import { ImportFileError, type PlacedRecord, readJsonTodos } from './todo-import.records.ts';
import { type ImportOptions, type ImportResult, importTodos } from './todo-import.service.ts';

/** What an import reads, by media type. */
export const IMPORT_TYPES = ['application/json', 'text/calendar'] as const;
export type ImportType = (typeof IMPORT_TYPES)[number];
/** A file is held in memory while it is read. */
export const IMPORT_MAX_BYTES = 20 * 1_024 * 1_024;

/** Reads a file, asks the rules, and adds its todos: see importTodos. Throws an ImportFileError where it cannot be read. */
export async function importFile(
  bytes: Uint8Array,
  type: ImportType,
  options: ImportOptions & { readonly database: Database },
): Promise<ImportResult> {
  const { database, ownerId, now } = options;
  const [owner] = await readUsers(forkFor(database, ownerId), [ownerId], new Set(['timeZone'] as const), {
    closedToo: true,
  });
  const { timeZone = 'UTC' } = owner ?? {};
  const placed = await readRecords(decode(bytes), type, { timeZone, now });
  return importTodos(await checkRecords(placed, { timeZone, now }), options);
}

async function readRecords(
  text: string,
  type: ImportType,
  reading: { timeZone: string; now: Date },
): Promise<PlacedRecord[]> {
  switch (type) {
    case 'application/json':
      return readJsonTodos(text);
    case 'text/calendar':
      return readCalendarTodos(text, reading);
  }
}

/** Without a byte order mark. Calendars may be folded within a character (RFC 5545, section 3.1). */
function decode(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    try {
      return decoder.decode(
        Buffer.from(
          Buffer.from(bytes)
            .toString('latin1')
            .replace(/\r?\n[ \t]/g, ''),
          'latin1',
        ),
      );
    } catch (error) {
      throw new ImportFileError('The file is not in UTF-8: save it so, then try again.', { cause: error });
    }
  }
}
