import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

interface Command {
  /** As it is typed. */
  readonly usage: string;
  readonly summary: string;
  readonly details: string;
}

const WHERE = `It works on DATABASE_URL, or on the embedded database in DATA_DIR, also while the server runs,
which learns of it at once: live connections of the account close and come back with the new role.`;

type Name = keyof typeof import('./admin-commands.ts');

const COMMANDS: Readonly<Record<Name, Command>> = {
  grant: {
    usage: 'grant EMAIL',
    summary: 'make an account an admin',
    details: `Makes the account with this email an admin. Who is one already stays one.\n${WHERE}`,
  },
  revoke: {
    usage: 'revoke EMAIL',
    summary: 'take the role away',
    details: `Makes the account with this email an ordinary user. The last active admin's role stays: make somebody
else an admin first.\n${WHERE}`,
  },
  list: {
    usage: 'list',
    summary: 'list the admins',
    details: 'Lists the email and username of every admin, and who of them is locked.',
  },
};

const OPTIONS = 'Options:\n  -h, --help  this text\n';

const isName = (name: string | undefined): name is Name => name !== undefined && Object.hasOwn(COMMANDS, name);

const overview = () => {
  const commands = Object.values(COMMANDS).map(({ usage, summary }) => `  ${usage.padEnd(12)}  ${summary}`);
  return `npm run admin -- COMMAND\n\nCommands:\n${commands.join('\n')}\n\n${OPTIONS}`;
};

const print = (text: string) => void process.stdout.write(text);

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [name, email, ...rest] = positionals;
  if (!isName(name)) {
    if (values.help && name === undefined) return print(overview());
    const wrong = name === undefined ? 'Say which command.' : `There is no command "${name}".`;
    throw new SetupError(`${wrong}\n\n${overview()}`);
  }
  const { usage, details } = COMMANDS[name];
  if (values.help) return print(`npm run admin -- ${usage}\n\n${details}\n\n${OPTIONS}`);
  const surplus = name === 'list' ? email : rest[0];
  if (surplus !== undefined) throw new SetupError(`"${surplus}" is too much: npm run admin -- ${usage}`);
  if (name !== 'list' && email === undefined) throw new SetupError(`Something is missing: npm run admin -- ${usage}`);
  // Not before: a text of help needs neither the settings nor a database's driver.
  const [{ readConfig }, commands] = await Promise.all([
    import('../platform/config.ts'),
    import('./admin-commands.ts'),
  ]);
  await commands[name](readConfig(), email ?? '');
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${overview()}`, { cause: error });
  }
}

run(main);
