import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { EXPORT_FORMATS } from '../platform/export/export-format.ts';
import { run } from './run.ts';

const USAGE = 'npm run export -- EMAIL [--format json|ics] [--out FILE]';

const HELP = `${USAGE}

Writes all that is kept of a person, as of one moment: what GET /export gives them. The account keeps a security event that
says so. Closed accounts have one too, until they are purged.

  json  profile, sessions, security events and todos, those in the trash included; without passwords and tokens
  ics   the todos that are not in the trash, as iCalendar (RFC 5545)

It works on DATABASE_URL, or on the embedded database in DATA_DIR, also while the server runs.

Options:
      --format FORMAT  json or ics; json unless told
      --out FILE       a file that is not there yet, readable by you alone; the standard output unless told
  -h, --help           this text
`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  const [email, ...rest] = positionals;
  if (email === undefined) throw new SetupError(`Say whose: ${USAGE}`);
  if (rest.length > 0) throw new SetupError(`"${rest[0]}" is too much: ${USAGE}`);
  const format = EXPORT_FORMATS.find(name => name === (values.format ?? 'json'));
  if (!format) throw new SetupError(`There is no format "${values.format}": ${USAGE}`);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, { exportPerson }] = await Promise.all([
    import('../platform/config.ts'),
    import('./export-command.ts'),
  ]);
  await exportPerson(readConfig(), email, { format, path: values.out ?? null });
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        format: { type: 'string' },
        out: { type: 'string' },
      },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, { cause: error });
  }
}

run(main);
