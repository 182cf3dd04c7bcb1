import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { type App, createApp } from '../../src/app.ts';
import type { Patience } from '../../src/http/server.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createLogger, type Logger } from '../../src/platform/logger.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { knownSecrets, type Secrets } from './secrets.ts';

/** Protects nothing: of the tests alone. */
export const TEST_SECRET = 'a-secret-of-the-tests-that-protects-nothing-0123456789';
/** Jobs are done only where a test asks for it. */
/** A test that is about jobs or limits asks for them. */
const TEST_SETTINGS = {
  NODE_ENV: 'test',
  PORT: '0',
  JWT_SECRETS: TEST_SECRET,
  LOG_LEVEL: 'error',
  WORKER: 'off',
  SHUTDOWN_DELAY_MS: '0',
  FREE_OPEN_TODOS: '1000000',
};
export const PASSWORD = 'Correct horse 7';

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads the answer that it asked for, and fails where it is another one
type Data = any;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Data;
  readonly errors: readonly {
    message: string;
    path?: readonly (string | number)[];
    extensions: Record<string, unknown>;
  }[];
  readonly extensions: Record<string, unknown>;
}

export interface ExecuteOptions {
  readonly headers?: Record<string, string>;
  readonly extensions?: Record<string, unknown>;
}

export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly url: string;
  readonly database: TestDatabase;
  /** What the server logged at `error`: empty at the end, unless the test takes it out. */
  readonly loggedErrors: Record<string, unknown>[];
  /** All lines that the server logged, at whatever level. */
  readonly log: readonly string[];
  /** No line of the log may hold one. Those that were sent, or came with an answer, are there already. */
  readonly secrets: Secrets;
  /** Sets the server's clock forward. */
  advance(milliseconds: number): void;
  /** Over HTTP, as the person whose token it is. */
  execute(
    query: string,
    variables?: object,
    as?: Pick<Person, 'accessToken'> | null,
    options?: ExecuteOptions,
  ): Promise<Answer>;
  createUser(options?: { admin?: boolean; username?: string }): Promise<Person>;
  /** The same person in a session of its own, as on another device. */
  logInAgain(person: Person): Promise<Person>;
  createTodo(owner: Person, input?: object): Promise<{ id: string; version: number }>;
  /** A graphql-ws client, disposed of with the app. */
  socket(as: Pick<Person, 'accessToken'> | null): Client;
  /** Follows a subscription; `events` grows. */
  subscribe(as: Person, query: string, variables?: object): Subscribed;
}

export interface Subscribed {
  readonly events: FormattedExecutionResult<Data>[];
  readonly ended: Promise<void>;
  stop(): void;
}

export interface StartOptions {
  /** Settings of the environment. */
  readonly settings?: Record<string, string>;
  /** To share a database between apps; the app then does not remove it. */
  readonly database?: TestDatabase;
  /** To serve more than the product's own schema. */
  readonly schema?: GraphQLSchema;
  /** With clients that are slow to send. */
  readonly patience?: Patience;
}

/** A server on a real socket and a database of its own. Errors that it logged fail the test at its end. */
export async function startApp({
  settings = {},
  database: shared,
  schema,
  patience,
}: StartOptions = {}): Promise<TestApp> {
  const database = shared ?? (await createTestDatabase());
  // Production refuses to be without.
  const rateLimits = settings.NODE_ENV === 'production' ? 'on' : 'off';
  const config = readConfig({ ...TEST_SETTINGS, RATE_LIMITS: rateLimits, ...settings });
  const loggedErrors: Record<string, unknown>[] = [];
  const log: string[] = [];
  const secrets = knownSecrets;
  secrets.addFromSettings({ ...TEST_SETTINGS, ...settings });
  let offset = 0;
  const app = createApp({
    config,
    databaseUrl: database.url,
    clock: () => new Date(Date.now() + offset),
    logger: recordLog(log, loggedErrors),
    ...(schema ? { schema } : {}),
    ...(patience ? { patience } : {}),
  });
  const { url } = await app.listen();
  // After the test, so that what it failed of is told first.
  onTestFinished(() => {
    expect(loggedErrors, 'errors that the server logged').toEqual([]);
    expect(secrets.findIn(log), 'lines of the log with a secret').toEqual([]);
    expect(app.services.feed.followerCount, 'subscriptions that were left open').toBe(0);
  });
  const clients: Client[] = [];
  let people = 0;

  const execute: TestApp['execute'] = async (query, variables = {}, as = null, { headers = {}, extensions } = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
        ...headers,
      },
      body: JSON.stringify({ query, variables, ...(extensions ? { extensions } : {}) }),
    });
    const text = await response.text();
    const body = JSON.parse(text) as Partial<Answer>;
    return {
      status: response.status,
      headers: response.headers,
      data: body.data ?? null,
      errors: body.errors ?? [],
      extensions: body.extensions ?? {},
    };
  };

  const socket: TestApp['socket'] = as => {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(as ? { connectionParams: { authorization: `Bearer ${as.accessToken}` } } : {}),
    });
    clients.push(client);
    return client;
  };

  return {
    app,
    url,
    database,
    loggedErrors,
    log,
    secrets,
    advance(milliseconds) {
      offset += milliseconds;
    },
    execute,
    socket,
    async createUser({ admin = false, username = `person${++people}` } = {}) {
      const email = `${username}@example.com`;
      const { data, errors } = await execute(SIGN_UP, { input: { email, username, password: PASSWORD } });
      expect(errors).toEqual([]);
      expect(data.signUp.userErrors).toEqual([]);
      const person: Person = {
        id: data.signUp.user.id,
        email,
        username,
        accessToken: data.signUp.accessToken,
        refreshToken: data.signUp.refreshToken,
      };
      // Nobody can make themselves an admin over the API.
      if (admin) await database.query(`update users set role = 'ADMIN' where email = $1`, [email]);
      if (admin) return { ...person, ...(await logIn(execute, username)) };
      return person;
    },
    logInAgain: async person => ({ ...person, ...(await logIn(execute, person.username)) }),
    async createTodo(owner, input = {}) {
      const { data, errors } = await execute(CREATE_TODO, { input: { title: 'Something to do', ...input } }, owner);
      expect(errors).toEqual([]);
      expect(data.createTodo.userErrors).toEqual([]);
      return data.createTodo.todo;
    },
    subscribe(as, query, variables = {}) {
      const events: FormattedExecutionResult<Data>[] = [];
      let stop = () => {};
      const ended = new Promise<void>(resolve => {
        stop = socket(as).subscribe<Data>(
          { query, variables: { ...variables } },
          {
            next: event => void events.push(event as FormattedExecutionResult<Data>),
            error: () => resolve(),
            complete: () => resolve(),
          },
        );
      });
      return { events, ended, stop };
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) await client.dispose();
      await app.close();
      if (!shared) await database[Symbol.asyncDispose]();
    },
  };
}

const SIGN_UP = `mutation ($input: SignUpInput!) {
  signUp(input: $input) { accessToken refreshToken user { id } userErrors { code path message } }
}`;

const CREATE_TODO = `mutation ($input: CreateTodoInput!) {
  createTodo(input: $input) { todo { id version } userErrors { code path message } }
}`;

async function logIn(execute: TestApp['execute'], login: string) {
  const { data } = await execute(
    'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken refreshToken } }',
    { input: { login, password: PASSWORD } },
  );
  return { accessToken: String(data.logIn.accessToken), refreshToken: String(data.logIn.refreshToken) };
}

function recordLog(log: string[], loggedErrors: Record<string, unknown>[]): Logger {
  const logger = createLogger('trace', { write: line => void log.push(line) });
  const error = logger.error.bind(logger);
  logger.error = ((fields: Record<string, unknown>, message?: string) => {
    loggedErrors.push(fields);
    error(fields, message);
  }) as Logger['error'];
  return logger;
}
