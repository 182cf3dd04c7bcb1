import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';

const DOCUMENT = new URL('../../deploy/backups.md', import.meta.url);

/** The commands of deploy/backups.md, each block by its chapter and its place there, from 1. */
export const readBackupCommands = (): Map<string, string> =>
  new Map(
    readFileSync(DOCUMENT, 'utf8')
      .split(/^## /m)
      .flatMap(chapter => {
        const [title = ''] = chapter.split('\n', 1);
        return [...chapter.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(
          ([, code = ''], index) => [`${title} ${index + 1}`, code] as const,
        );
      }),
  );

/** By the names of the test: `tests/cli/backup-embedded.test.ts` holds that there are no others. */
export const BACKUP_COMMANDS = {
  dump: 'Dump 1',
  restore: 'Restore 1',
  endSessions: 'What people and money notice 1',
  refundsToCompare: 'What people and money notice 2',
  copyFolder: 'The embedded database 1',
  count: 'Try it 1',
  drop: 'Try it 2',
} as const;

export type BackupCommand = keyof typeof BACKUP_COMMANDS;

/** Runs a block as it stands, and answers with what it printed. Throws where a line of it fails or complains. */
export async function runBackupCommand(
  command: BackupCommand,
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<string> {
  const name = BACKUP_COMMANDS[command];
  const code = readBackupCommands().get(name);
  if (code === undefined) throw new Error(`deploy/backups.md has no "${name}".`);
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', code], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, status] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('close', resolve)),
  ]);
  if (status !== 0 || err !== '') throw new Error(`"${name}" of deploy/backups.md ended with ${status}: ${err}`);
  return out;
}
