import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

const USAGE = 'npm run doctor -- [--json] [--only NAMES] [--verbose]';

const HELP = `${USAGE}

Says what stands between this installation and production: settings, secrets, addresses, the database with its rights,
migrations and indexes, Redis, mail, payment providers, and versions with known vulnerabilities. Everything is judged as
production would, whatever NODE_ENV is. Nothing is changed, no mail is sent and no provider is called.

  stop  a release must not go out with it
  warn  it will hurt some day
  info  worth knowing

Exits with 1 where there is anything of "stop", and with 0 otherwise. deploy/doctor.md lists the checks.

Options:
      --json        an array of {id, severity, subject, what, why, mend}, "ok" for each check that found nothing
      --only NAMES  only these checks or groups, with commas between: database,secrets.strength
      --verbose     also what is well
  -h, --help        this text
`;

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readEnvironment }, { examine }, { report }] = await Promise.all([
    import('../platform/config.ts'),
    import('./doctor-command.ts'),
    import('./doctor-report.ts'),
  ]);
  const only = values.only?.split(',').map(name => name.trim());
  const told = await examine(readEnvironment(), { only: only ?? null });
  process.stdout.write(
    values.json
      ? `${JSON.stringify(told, null, 2)}\n`
      : report(told, { verbose: values.verbose === true, colours: process.stdout.isTTY }),
  );
  if (told.some(({ severity }) => severity === 'stop')) process.exitCode = 1;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        json: { type: 'boolean' },
        only: { type: 'string' },
        verbose: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, { cause: error });
  }
}

run(main);
