import { fileURLToPath } from 'node:url';
import { PRODUCTION_SETTINGS } from '../security/production.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createPeople, type SignedIn } from '../support/people.ts';
import { createDataFolder, type ServerProcess, startServer } from '../support/server-process.ts';
import { until } from '../support/wait.ts';

const SERVER = fileURLToPath(new URL('../live/measured-server.ts', import.meta.url));

export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly database: TestDatabase;
  /** Somebody who is signed in there. */
  readonly person: SignedIn;
  /** The lines of its log at error and worse. */
  errors(): string[];
  /** The bytes that it holds, without garbage. */
  memory(): Promise<number>;
  /** Whether it answers a request that is sound. */
  serves(): Promise<boolean>;
}

/** A server in a process of its own, in the configuration of production, but with points without end. */
export async function startHostileServer(settings: Record<string, string> = {}): Promise<HostileServer> {
  const database = await createTestDatabase();
  const folder = await createDataFolder();
  const server: ServerProcess = await startServer(
    folder,
    {
      ...PRODUCTION_SETTINGS,
      HOST: '127.0.0.1',
      DATABASE_URL: database.url,
      JWT_SECRETS: TEST_SECRET,
      RATE_LIMITS: 'on',
      COST_POINTS: '1000000000',
      COST_POINTS_PER_SECOND: '1000000000',
      LOG_LEVEL: 'error',
      WORKER: 'off',
      ...settings,
    },
    SERVER,
  );
  const [person] = await createPeople(database, 1);
  if (!person) throw new Error('Nobody is there.');
  const measures = () => [...server.stdout().matchAll(/^holds (\d+) bytes$/gm)].map(([, bytes]) => Number(bytes));
  return {
    url: server.url,
    port: Number(new URL(server.url).port),
    database,
    person,
    errors: () =>
      (server.stdout() + server.stderr()).split('\n').filter(line => /"level":"(error|fatal)"|Error/.test(line)),
    async memory() {
      const before = measures().length;
      server.kill('SIGUSR2');
      await until('it was measured', () => measures().length > before);
      return measures()[before] ?? Number.NaN;
    },
    async serves() {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${person.accessToken}` },
        body: JSON.stringify({ query: '{ me { username } }' }),
      });
      return response.status === 200 && (await response.text()).includes('"username"');
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
