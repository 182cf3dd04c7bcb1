import { readCsv, type TextRecord } from '../platform/csv.ts';
import { SetupError, UserInputError } from '../platform/errors.ts';
import { readJsonLines } from '../platform/json-lines.ts';
import { hashKind } from '../platform/passwords.ts';
import { checkAccount, normalizeEmail } from './account.validation.ts';
import { ROLES, type Role } from './user.entity.ts';

/** An account as another system has it. */
export interface AccountRecord {
  readonly email: string;
  readonly username: string;
  readonly fullName: string | null;
  readonly passwordHash: string | null;
  readonly role: Role;
  readonly isActive: boolean;
  /** Null where the other system does not say. */
  readonly createdAt: Date | null;
}

export const REQUIRED_COLUMNS = ['email', 'username'] as const;
export const COLUMNS = [
  ...REQUIRED_COLUMNS,
  'full_name',
  'hashed_password',
  'role',
  'is_active',
  'created_at',
] as const;
type Column = (typeof COLUMNS)[number];
type Values = Readonly<Partial<Record<Column, unknown>>>;

export type ImportFormat = 'CSV' | 'JSON_LINES';

/**
 * The accounts in a file, each with its line, and what is wrong with the lines that hold none: everything at once. Columns
 * that are not ours are left out. Throws a SetupError where the first line of a CSV file is not its columns' names.
 */
export async function* readAccounts(
  pieces: AsyncIterable<string>,
  format: ImportFormat,
  now: Date,
): AsyncGenerator<TextRecord<AccountRecord>> {
  const records = format === 'CSV' ? readTable(pieces) : readJsonLines(pieces);
  for await (const record of records) {
    if ('fault' in record) yield record;
    else yield { line: record.line, ...toAccount(record.value, now) };
  }
}

/** The records of a CSV file by the names of its columns. What is empty is not there. */
async function* readTable(pieces: AsyncIterable<string>): AsyncGenerator<TextRecord<Values>> {
  let columns: readonly string[] | null = null;
  for await (const record of readCsv(pieces)) {
    if ('fault' in record) {
      if (!columns) throw new SetupError(`Line ${record.line} has to name the columns: ${record.fault}`);
      yield record;
    } else if (!columns) {
      columns = checkColumns(record.value);
    } else if (record.value.length !== columns.length) {
      yield { line: record.line, fault: `It has ${record.value.length} fields in place of ${columns.length}.` };
    } else {
      const named = columns.map((column, place) => [column, record.value[place]] as const);
      yield { line: record.line, value: Object.fromEntries(named.filter(([, value]) => value !== '')) };
    }
  }
}

function checkColumns(columns: readonly string[]): readonly string[] {
  const missing = REQUIRED_COLUMNS.filter(column => !columns.includes(column));
  if (missing.length > 0) throw new SetupError(`The first line names no column ${missing.join(' and no column ')}.`);
  const twice = columns.find((column, place) => columns.indexOf(column) !== place);
  if (twice !== undefined) throw new SetupError(`The first line names the column ${twice} twice.`);
  return columns;
}

function toAccount(values: Values, now: Date): { value: AccountRecord } | { fault: string } {
  const faults: string[] = [];
  const read = <Value>(column: Column, parse: (value: unknown) => Value | undefined, wanted: string): Value | null => {
    const value = values[column];
    if (value === undefined || value === null) return null;
    const parsed = parse(value);
    if (parsed === undefined) faults.push(`${column} ${wanted}`);
    return parsed ?? null;
  };
  const email = read('email', parseText, 'is not a text.');
  const username = read('username', parseText, 'is not a text.');
  const fullName = read('full_name', parseText, 'is not a text.');
  const account = {
    email: normalizeEmail(email ?? ''),
    username: username ?? '',
    fullName: fullName?.trim() || null,
    passwordHash: read('hashed_password', parseHash, 'is of no known kind, malformed, or too slow to verify.'),
    role: read('role', parseRole, `is not ${ROLES.join(' or ')}.`) ?? 'USER',
    isActive: read('is_active', parseBoolean, 'is not true or false.') ?? true,
    createdAt: read(
      'created_at',
      value => parseTime(value, now),
      'is no time of the past with its zone: 2024-05-31T09:30:00Z.',
    ),
  };
  if (faults.length === 0) faults.push(...faultsOf(account));
  return faults.length > 0 ? { fault: faults.join(' ') } : { value: account };
}

/** By the rules for those who sign up; a password that is only known by its hash may be any. */
function faultsOf({ email, username, fullName }: AccountRecord): readonly string[] {
  try {
    checkAccount({ email, username, fullName });
    return [];
  } catch (error) {
    if (error instanceof UserInputError) return error.details.map(({ message }) => message);
    throw error;
  }
}

/** U+FFFD stands where the file's bytes were no UTF-8. PostgreSQL cannot keep U+0000. */
const parseText = (value: unknown) => (typeof value === 'string' && !/[\0\uFFFD]/.test(value) ? value : undefined);
const parseHash = (value: unknown) => (typeof value === 'string' && hashKind(value) ? value : undefined);
const parseRole = (value: unknown) => ROLES.find(role => role === value);

const BOOLEANS: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  ...([true, 1, 'true', 't', '1'] as const).map(value => [value, true] as const),
  ...([false, 0, 'false', 'f', '0'] as const).map(value => [value, false] as const),
]);
const parseBoolean = (value: unknown) => BOOLEANS.get(typeof value === 'string' ? value.toLowerCase() : value);

/** RFC 3339, and as PostgreSQL writes it: with a blank, or hours alone as the zone. */
const TIME_PATTERN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d(?::?\d\d)?)$/;

function parseTime(value: unknown, now: Date): Date | undefined {
  const [, day, clock, fraction = '', zone = 'Z'] = (typeof value === 'string' && TIME_PATTERN.exec(value)) || [];
  const local = Date.parse(`${day}T${clock}Z`);
  // Date.parse takes the 30th of February for the 2nd of March.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${day}T${clock}`)) return undefined;
  const [, sign, hours = '00', minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  const time = new Date(`${day}T${clock}${fraction.slice(0, 4)}${sign ? `${sign}${hours}:${minutes}` : 'Z'}`);
  return time <= now ? time : undefined;
}
