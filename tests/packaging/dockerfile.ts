import { readFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join, matchesGlob, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DockerfileParser, ModifiableInstruction } from 'dockerfile-ast';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Step {
  readonly keyword: string;
  /** By name, without the dashes: `from`, `mount`. */
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** All behind the keyword, with continued lines joined. */
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string;
  readonly steps: readonly Step[];
}

/** The stages of a Dockerfile, in order. */
export function readStages(text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')): Stage[] {
  const stages: { base: string; name: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    const args = instruction.getArguments().map(String);
    const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
    if (keyword === 'FROM') stages.push({ base: args[0] ?? '', name: args[2] ?? '', steps: [] });
    stages.at(-1)?.steps.push({
      keyword,
      flags: Object.fromEntries(flags.map(flag => [flag.getName(), flag.getValue() ?? ''])),
      args,
      text: (instruction.getArgumentsContent() ?? '').replace(/\s+/g, ' '),
    });
  }
  return stages;
}

/** The settings of ENV. */
export const environmentOf = ({ steps }: Stage): Record<string, string> =>
  Object.fromEntries(
    steps
      .filter(({ keyword }) => keyword === 'ENV')
      .flatMap(({ args }) => args.map(arg => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)])),
  );

/** The words of the last CMD, ENTRYPOINT or HEALTHCHECK, which is written as JSON. */
export function commandOf({ steps }: Stage, keyword: string): string[] {
  const text = steps.findLast(step => step.keyword === keyword)?.text ?? '[]';
  return JSON.parse(text.slice(text.indexOf('[')));
}

/** Whether a file of the checkout is sent to the builder: of all lines of .dockerignore that fit, the last decides. */
export function isSent(path: string, rules = readFileSync(join(ROOT, '.dockerignore'), 'utf8')): boolean {
  const parts = path.split('/');
  const withFolders = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
  let sent = true;
  for (const line of rules.split('\n').map(rule => rule.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const pattern = line.replace(/^!/, '').replace(/^\/|\/$/g, '');
    // What fits a folder fits all below it.
    if (withFolders.some(candidate => matchesGlob(candidate, pattern))) sent = line.startsWith('!');
  }
  return sent;
}

/** Does what COPY says: from the checkout, as .dockerignore leaves it, or from the files of another stage. */
export async function copy(step: Step, { context, workdir, files }: CopyPlaces): Promise<void> {
  const sources = step.args.slice(0, -1);
  const target = step.args.at(-1) ?? '.';
  const from = step.flags.from;
  for (const source of sources) {
    const path = from ? join(files(from), source) : join(context, source);
    const isFolder = target.endsWith('/');
    const to = join(files(), posix.resolve(workdir, isFolder ? posix.join(target, posix.basename(source)) : target));
    await mkdir(dirname(to), { recursive: true });
    await cp(path, to, {
      recursive: true,
      filter: file => from !== undefined || isSent(file.slice(context.length).replace(/^\/+/, '')),
    });
  }
}

interface CopyPlaces {
  readonly context: string;
  readonly workdir: string;
  /** The root of a stage's files; without a name, of the one that is being made. */
  readonly files: (stage?: string) => string;
}
