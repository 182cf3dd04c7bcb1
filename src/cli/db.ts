import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { MIGRATIONS_FOLDER } from '../platform/migrations/files.ts';
import { run } from './run.ts';

interface Command {
  /** As it is typed. */
  readonly usage: string;
  readonly summary: string;
  readonly details: string;
  readonly argument?: 'required' | 'optional';
}

const WHERE = 'on DATABASE_URL, or on the embedded database in DATA_DIR, which must not be in use';
const SCRATCH = `on a temporary database: on the server of DATABASE_URL, whose account has to
be allowed to make databases, or embedded where there is none`;

type Name = keyof typeof import('./db-commands.ts');

const COMMANDS: Readonly<Record<Name, Command>> = {
  up: {
    usage: 'up',
    summary: 'apply all pending migrations',
    details: `Applies all pending migrations, oldest first, each in a transaction of its own,
${WHERE}.
Where one fails, those before it stay applied.`,
  },
  down: {
    usage: 'down [COUNT]',
    summary: 'take back the last migration, or the last COUNT',
    details: `Takes back the last migration, or the last COUNT, and the data with it,
${WHERE}.`,
    argument: 'optional',
  },
  status: {
    usage: 'status',
    summary: 'list the migrations, applied and pending',
    details: `Lists every migration as applied or pending,
${WHERE}.
"missing" is one that is applied, but whose file is not here.`,
  },
  create: {
    usage: 'create NAME',
    summary: 'begin a migration with what entities and tables differ in',
    details: `Writes migrations/<time>_NAME.sql with both sections, filled with what would bring the
tables, as the migrations make them, to what the entities say; empty where they agree.
NAME is letters, digits, dashes and underscores. The tables are made
${SCRATCH}.`,
    argument: 'required',
  },
  check: {
    usage: 'check',
    summary: 'check migrations, migrations/schema.sql and entities against each other',
    details: `Applies all migrations, takes each back, applies them again. They have to make what stands in
migrations/schema.sql and what the entities say, and each way back has to lead back. Runs
${SCRATCH}.`,
  },
  dump: {
    usage: 'dump',
    summary: 'rewrite migrations/schema.sql',
    details: `Writes the schema that the migrations make to migrations/schema.sql. They run
${SCRATCH}.`,
  },
};

const OPTIONS = `Options:
  --folder PATH  where the migrations are, instead of migrations/
  -h, --help     this text
`;

const isName = (name: string | undefined): name is Name => name !== undefined && Object.hasOwn(COMMANDS, name);

const overview = () => {
  const commands = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage.padEnd(13)}  ${summary}`);
  return `npm run db -- COMMAND\n\nCommands:\n${commands.join('\n')}\n\n${OPTIONS}`;
};

const help = ({ usage, details }: Command) => `npm run db -- ${usage}\n\n${details}\n\n${OPTIONS}`;

const print = (text: string) => void process.stdout.write(text);

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [name, argument, ...rest] = positionals;
  if (!isName(name)) {
    if (values.help && name === undefined) return print(overview());
    const wrong = name === undefined ? 'Say which command.' : `There is no command "${name}".`;
    throw new SetupError(`${wrong}\n\n${overview()}`);
  }
  const command = COMMANDS[name];
  if (values.help) return print(help(command));
  const surplus = command.argument ? rest[0] : argument;
  if (surplus !== undefined) throw new SetupError(`"${surplus}" is too much: npm run db -- ${command.usage}`);
  if (command.argument === 'required' && argument === undefined) {
    throw new SetupError(`Something is missing: npm run db -- ${command.usage}`);
  }
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, commands] = await Promise.all([import('../platform/config.ts'), import('./db-commands.ts')]);
  await commands[name]({ config: readConfig(), folder: values.folder ?? MIGRATIONS_FOLDER, argument: argument ?? '' });
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', short: 'h' }, folder: { type: 'string' } },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${overview()}`, { cause: error });
  }
}

run(main);
