import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BACKUP_COMMANDS, readBackupCommands, runBackupCommand } from '../support/backup-document.ts';
import { createDataFolder, type ServerProcess, startServer } from '../support/server-process.ts';

async function ask(server: ServerProcess, query: string, token?: string) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query
  const { data, errors } = (await response.json()) as { data: any; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

test('the copy of a stopped data folder, started elsewhere, is the same database with the same sessions and cursors', async () => {
  await using folder = await createDataFolder();
  await using elsewhere = await createDataFolder();
  const work = await mkdtemp(join(tmpdir(), 'duely-copy-'));
  let token = '';
  let cursor = '';
  {
    await using server = await startServer(folder);
    const { signUp } = await ask(
      server,
      'mutation { signUp(input: { email: "ada@example.com", username: "ada", password: "Correct-Horse-1" }) { accessToken } }',
    );
    token = signUp.accessToken;
    await ask(server, 'mutation { createTodo(input: { title: "Kept" }) { todo { id } } }', token);
    cursor = (await ask(server, '{ changes { cursor } }', token)).changes.cursor;
    server.kill('SIGTERM');
    await server.exited;
  }

  await rename(folder.path, join(work, '.data'));
  await runBackupCommand('copyFolder', { cwd: work, env: { PATH: '/usr/bin:/bin' } });
  await rm(join(work, '.data'), { recursive: true });
  await rename(join(work, 'duely-data-backup'), elsewhere.path);
  await using copy = await startServer(elsewhere);
  await ask(copy, 'mutation { createTodo(input: { title: "New" }) { todo { id } } }', token);
  const read = await ask(
    copy,
    `{ changes(after: "${cursor}") { changes { ... on TodoChange { todo { title } } } } }`,
    token,
  );
  const { todos } = await ask(copy, '{ todos(first: 9) { nodes { title } } }', token);

  expect(read).toEqual({ changes: { changes: [{ todo: { title: 'New' } }] } });
  expect(todos).toEqual({ nodes: [{ title: 'Kept' }, { title: 'New' }] });
  await rm(work, { recursive: true, force: true });
});

test('every command of deploy/backups.md has a name by which a test runs it', () => {
  expect([...readBackupCommands().keys()].toSorted()).toEqual(Object.values(BACKUP_COMMANDS).toSorted());
});
