import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFeedCursor, writeFeedCursor } from '../../src/change/cursor.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { addTodo } from '../support/feed-workload.ts';
import { createPeople } from '../support/people.ts';
import { createDataFolder, type ServerProcess, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';
import { signedIn, type Wire } from '../support/wire.ts';
import { openWriter } from '../support/writer.ts';

const CHANGES = 50_000;
const TRANSACTION = 500;
/** As long as they may be: what the slow one leaves unread is over 20 MB on the wire. */
const TITLE = 'ü'.repeat(200);
const GROWTH_MAX_BYTES = 8_000_000;
const SERVER = fileURLToPath(new URL('measured-server.ts', import.meta.url));

/** What the process holds, without garbage. */
async function memoryOf(server: ServerProcess): Promise<number> {
  const measures = () => [...server.stdout().matchAll(/^holds (\d+) bytes$/gm)].map(([, bytes]) => Number(bytes));
  const before = measures().length;
  server.kill('SIGUSR2');
  await until('it was measured', () => measures().length > before);
  return measures()[before] ?? Number.NaN;
}

const QUERY =
  'subscription ($after: String) { changes(after: $after) { cursor ... on TodoChange { todo { title } } } }';

const cursorsOf = (wire: Wire) =>
  wire.messages
    .filter(({ type }) => type === 'next')
    .map(({ payload }) => (payload as { data: { changes: { cursor: string } } }).data.changes.cursor);

test(`a subscriber that reads nothing while ${CHANGES.toLocaleString('en')} changes happen costs the server no memory, and is then given each of them once`, {
  timeout: 300_000,
}, async () => {
  await using database = await createTestDatabase();
  await using folder = await createDataFolder();
  await using server = await startServer(
    folder,
    {
      NODE_ENV: 'test',
      DATABASE_URL: database.url,
      JWT_SECRETS: TEST_SECRET,
    },
    SERVER,
  );
  await using writer = openWriter(database);
  const [person] = await createPeople(database, 1);
  if (!person) throw new Error('Nobody is there.');
  const write = (from: number, to: number) =>
    writer.transact(person.uuid, async em => {
      for (let n = from; n < to; n += 1) addTodo(em, person.uuid, TITLE);
    });
  await using quick = await signedIn(server, person);
  await using slow = await signedIn(server, person);
  const after = writeFeedCursor(person.uuid, { seq: 0, at: 0 });
  for (const wire of [quick, slow])
    wire.send({ type: 'subscribe', id: '1', payload: { query: QUERY, variables: { after } } });
  await write(0, 2_000);
  await until('both have the first ones', () => [quick, slow].every(wire => cursorsOf(wire).length === 2_000), 60_000);
  const before = await memoryOf(server);

  slow.pause();
  for (let n = 2_000; n < CHANGES; n += TRANSACTION) await write(n, n + TRANSACTION);
  await until('the quick one has all of them', () => quick.messages.length > CHANGES, 120_000);
  const meanwhile = await memoryOf(server);
  const unread = slow.messages.length;
  slow.resume();
  await until('the slow one has all of them', () => slow.messages.length > CHANGES, 120_000);

  expect(unread).toBeLessThan(CHANGES / 2);
  expect(cursorsOf(slow).map(cursor => readFeedCursor(person.uuid, cursor).seq)).toEqual(
    Array.from({ length: CHANGES }, (_, n) => n + 1),
  );
  expect(slow.closedWith()).toBeNull();
  expect(meanwhile - before).toBeLessThan(GROWTH_MAX_BYTES);
});
