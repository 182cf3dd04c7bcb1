import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/platform/config.ts';
import { TEST_SECRET } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const DEFAULT_SETTINGS = { NODE_ENV: 'test', JWT_SECRETS: TEST_SECRET };
/** As an operator would set them, but that the audits ask for types. */
const PRODUCTION_SETTINGS = {
  NODE_ENV: 'production',
  JWT_SECRETS: TEST_SECRET,
  PUBLIC_URL: 'https://api.example.com',
  SMTP_URL: 'off',
  ALLOWED_ORIGINS: 'https://app.example.com',
  INTROSPECTION: 'on',
};

/** GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft), by the audits of its reference implementation. */
describe.each([
  ['default settings', DEFAULT_SETTINGS],
  ['production settings', PRODUCTION_SETTINGS],
])('with %s the server', (_name, settings) => {
  // One server for all: the audits write nothing.
  let database: TestDatabase;
  let app: App;
  let url = '';

  beforeAll(async () => {
    database = await createTestDatabase();
    const config = readConfig({ ...settings, PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url });
    app = createApp({ config, databaseUrl: database.url });
    url = `${(await app.listen()).url}/graphql`;
  });

  afterAll(async () => {
    await app.close();
    await database[Symbol.asyncDispose]();
  });

  const audits = serverAudits({ url: () => url });

  test.each(audits)('$name ($id)', async ({ fn }) => {
    const result = await fn();

    expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok');
  });

  test('is asked by all of the 61 audits', () => {
    expect(audits).toHaveLength(61);
  });
});
