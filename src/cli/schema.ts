import { parseArgs } from 'node:util';
import { SetupError } from '../platform/errors.ts';
import { run } from './run.ts';

interface Command {
  readonly summary: string;
  readonly details: string;
}

type Name = keyof typeof import('./schema-commands.ts');

const COMMANDS: Readonly<Record<Name, Command>> = {
  check: {
    summary: 'refuse what would break clients of the last release',
    details: `Compares the schema that is served with the last release's, in released/schema.graphql, and lists
each change as breaking, dangerous or safe. Refused, with 1, are breaking changes, but for the
removal of what the last release had deprecated with a date that has passed and for the lines of
released/exceptions.txt; and deprecations whose reason does not end with such a date:
  @deprecated(reason: "Use name instead. Removed after 2027-03-31.")
Dangerous changes are told and pass.`,
  },
  release: {
    summary: 'make what is served the schema that clients may rely on',
    details: `Writes the schema that is served to released/schema.graphql and empties the list of exceptions: part
of the commit of a release. Refuses what check refuses, and what is deprecated for the first time
with a date less than 90 days away.`,
  },
  print: {
    summary: 'print the schema that is served, in one document',
    details: 'Prints the schema that is served, in one document, with its directives.',
  },
};

const OPTIONS = `Options:
  --folder PATH    where the SDL that is served is, instead of schema/
  --released PATH  where the last release's is, instead of released/
  -h, --help       this text
`;

const isName = (name: string | undefined): name is Name => name !== undefined && Object.hasOwn(COMMANDS, name);

const overview = () => {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(7)}  ${summary}`);
  return `npm run schema -- COMMAND\n\nCommands:\n${commands.join('\n')}\n\n${OPTIONS}`;
};

async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [name, surplus] = positionals;
  if (!isName(name)) {
    if (values.help && name === undefined) return void process.stdout.write(overview());
    const wrong = name === undefined ? 'Say which command.' : `There is no command "${name}".`;
    throw new SetupError(`${wrong}\n\n${overview()}`);
  }
  if (values.help)
    return void process.stdout.write(`npm run schema -- ${name}\n\n${COMMANDS[name].details}\n\n${OPTIONS}`);
  if (surplus !== undefined) throw new SetupError(`"${surplus}" is too much: npm run schema -- ${name}`);
  const commands = await import('./schema-commands.ts');
  await commands[name]({ folder: values.folder, released: values.released });
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        folder: { type: 'string', default: 'schema' },
        released: { type: 'string', default: 'released' },
      },
    });
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : error}\n\n${overview()}`, { cause: error });
  }
}

run(main);
