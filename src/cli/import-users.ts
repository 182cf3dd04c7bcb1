import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

const HELP = `npm run import-users -- [--dry-run] FILE

Makes accounts out of another system's. FILE is CSV (RFC 4180, the first line names the columns) or, where its name ends
in .jsonl or .ndjson, JSON Lines; in UTF-8.

  email            needed; compared without regard to case
  username         needed; 3 to 50 letters, digits, dots, dashes or underscores; compared without regard to case
  full_name        1 to 255 characters
  hashed_password  of bcrypt ($2a$, $2b$, $2y$; a cost of 14 at the most) or argon2id; without, the person asks for a
                   link to set one
  role             USER or ADMIN; USER unless told
  is_active        true or false; true unless told
  created_at       with its zone, such as 2024-05-31T09:30:00Z; now unless told

Other columns are left out. Addresses count as not verified, and nobody is sent a mail.

Who has an account with the same email already is told and left as they are: after a break, or with a longer file, run it
again. Lines that are refused are told with their number and the reason on the standard error, and the others are taken.
Exits with 0 only where every line was taken or was there already.

It works on DATABASE_URL, or on the embedded database in DATA_DIR, also while the server runs.

Options:
      --dry-run  tell what would be done, and do nothing
  -h, --help     this text
`;

const USAGE = 'npm run import-users -- [--dry-run] FILE';

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  const [file, ...rest] = positionals;
  if (file === undefined) throw new SetupError(`Say which file: ${USAGE}`);
  if (rest.length > 0) throw new SetupError(`"${rest[0]}" is too much: ${USAGE}`);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, { importUsers }] = await Promise.all([
    import('../platform/config.ts'),
    import('./import-users-command.ts'),
  ]);
  const isComplete = await importUsers(readConfig(), file, { isTrial: values['dry-run'] === true });
  if (!isComplete) process.exitCode = 1;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, 'dry-run': { type: 'boolean' } },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, { cause: error });
  }
}

run(main);
