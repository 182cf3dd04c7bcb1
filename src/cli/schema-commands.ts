import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import { readTypeDefs } from '../graphql/schema.ts';
import { SetupError } from '../platform/errors.ts';
import { readPackageInfo } from '../platform/package-info.ts';
import { printSdl, schemaOf } from './schema-sdl.ts';

interface Options {
  /** Where the SDL is that is served. */
  readonly folder: string;
  /** Where the last release's SDL and the exceptions are. */
  readonly released: string;
}

const out = (text: string) => process.stdout.write(text);
const shown = (path: string) => relative(process.cwd(), path) || '.';
const sdlFile = ({ released }: Options) => join(released, 'schema.graphql');
const exceptionsFile = ({ released }: Options) => join(released, 'exceptions.txt');

export async function print(options: Options): Promise<void> {
  out(printSdl(readServed(options)));
}

export async function check(options: Options): Promise<void> {
  const { changes, version } = await passGate(options);
  for (const { level, rule, path, message } of changes) out(`${level.padEnd(9)}  ${rule} ${path}: ${message}\n`);
  out(
    changes.length === 0
      ? `The schema is that of the last release, ${version}.\n`
      : `Clients of the last release, ${version}, can go on. Changes since then: ${changes.length}.\n`,
  );
}

export async function release(options: Options): Promise<void> {
  const served = readServed(options);
  const before = await readReleased(options);
  if (before) {
    await passGate(options);
    const { shortNotices } = await import('./schema-deprecations.ts');
    refuse(shortNotices(before.schema, served, new Date()));
  }
  const { version } = readPackageInfo();
  const file = sdlFile(options);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(
    file,
    `${HEADER}${version}\n# Made by npm run schema -- release: not to be edited.\n\n${printSdl(served)}`,
  );
  await writeFile(exceptionsFile(options), EXCEPTIONS_HEADER);
  out(`Wrote ${shown(file)}: what ${version} serves is what clients may rely on from now on.\n`);
}

const HEADER = '# The schema of release ';
const EXCEPTIONS_HEADER = `# Breaking changes that are let through until the next release: RULE path: why it cannot wait.
# npm run schema -- check names rule and path; npm run schema -- release empties this list.
`;

/** Throws a SetupError with all that is wrong. */
async function passGate(options: Options) {
  const released = await readReleased(options);
  if (!released)
    throw new SetupError(`There is no ${shown(sdlFile(options))} to compare with: npm run schema -- release makes it.`);
  const { judgeSchema } = await import('./schema-gate.ts');
  const { changes, faults } = await judgeSchema({
    released: released.schema,
    served: readServed(options),
    exceptions: await readExceptions(options),
    now: new Date(),
  });
  refuse(faults);
  return { changes, version: released.version };
}

function refuse(faults: readonly string[]): void {
  if (faults.length > 0)
    throw new SetupError(`${faults.join('\n\n')}\n\nThe rules are in src/README.md, "Changing the schema".`);
}

function readServed({ folder }: Options): GraphQLSchema {
  try {
    return schemaOf(readTypeDefs(pathToFileURL(`${resolve(folder)}/`)), shown(folder));
  } catch (error) {
    if (isMissing(error)) throw new SetupError(`The folder of the schema, ${folder}, is not there.`);
    throw error;
  }
}

/** Null where there was no release yet. */
async function readReleased(options: Options): Promise<{ schema: GraphQLSchema; version: string } | null> {
  const text = await readOptional(sdlFile(options));
  if (text === null) return null;
  const version = text.startsWith(HEADER) ? (text.slice(HEADER.length).split('\n')[0] ?? '') : 'of an unknown version';
  return { schema: schemaOf([text], shown(sdlFile(options))), version };
}

async function readExceptions(options: Options): Promise<Map<string, string>> {
  const lines = ((await readOptional(exceptionsFile(options))) ?? '').split('\n').map(line => line.trim());
  return new Map(
    lines
      .filter(line => line && !line.startsWith('#'))
      .map(line => {
        const [, key, reason] = /^([A-Z_]+ \S+): (\S.*)$/.exec(line) ?? [];
        if (key && reason) return [key, reason] as const;
        throw new SetupError(
          `${shown(exceptionsFile(options))} has a line that is no exception: "${line}". Write RULE path: why it cannot wait.`,
        );
      }),
  );
}

const readOptional = (path: string) =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
