import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

const USAGE = 'npm run import -- EMAIL FILE [--skip-invalid]';

const HELP = `${USAGE}

Adds the todos of a file to a person's, behind those that they have: what POST /import does for them. FILE is an export of
Duely (.json) or iCalendar (.ics), of at most 20 MB and 20,000 todos. What was imported before is found again, and stays as
it is. The account keeps a security event that says so.

All of them or, where one is refused, none; what is refused is told with its place and the reason on the standard error.
Exits with 0 only where every todo was added or was there already.

It works on DATABASE_URL, or on the embedded database in DATA_DIR, also while the server runs, which learns of it at once.

Options:
      --skip-invalid  leave out what is refused, and add the others
  -h, --help          this text
`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  const [email, file, ...rest] = positionals;
  if (email === undefined || file === undefined) throw new SetupError(`Something is missing: ${USAGE}`);
  if (rest.length > 0) throw new SetupError(`"${rest[0]}" is too much: ${USAGE}`);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, { importForPerson }] = await Promise.all([
    import('../platform/config.ts'),
    import('./import-command.ts'),
  ]);
  const isComplete = await importForPerson(readConfig(), email, file, { skipInvalid: values['skip-invalid'] === true });
  if (!isComplete) process.exitCode = 1;
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, 'skip-invalid': { type: 'boolean' } },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, { cause: error });
  }
}

run(main);
