import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

const HELP = `npm run seed -- [--force]

Puts in people, todos, products, orders and payments to look at, and prints who can log in. What is there already stays as
it is, so that it can be run again: todos that were thrown away or changed are not put back. Payments are made by the
sandbox, which moves no money; where it is off there are orders alone.

It works on the embedded database in DATA_DIR or on DATABASE_URL, also while the server runs, which learns of it at once.
In production, and on a database of another machine, it refuses.

Options:
      --force  there too, with passwords that are made at random and shown once
  -h, --help   this text
`;

async function main(): Promise<void> {
  const values = readArguments();
  if (values.help) return void process.stdout.write(HELP);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, { seed }] = await Promise.all([import('../platform/config.ts'), import('./seed-command.ts')]);
  process.stdout.write(await seed(readConfig(), { force: values.force === true }));
}

function readArguments() {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h' }, force: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${HELP}`, { cause: error });
  }
}

run(main);
