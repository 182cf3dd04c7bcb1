import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/platform/config.ts';
import { PASSWORD, startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { linesOf } from './lines.ts';
import { startTraced } from './traced-app.ts';

const ask = (app: TestApp, name = 'Ask') => app.execute(`query ${name} { apiInfo { name } }`);
const warnings = (app: TestApp) =>
  linesOf(app, 'traces cannot be sent; they are dropped until their collector takes them');

test('without a collector everything goes on, one warning says so, and traces are sent again when it is back', async () => {
  await using app = await startTraced();
  const { collector } = app;
  await collector.stop();

  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(app)));
  await until('it was warned', () => warnings(app).length === 1, 30_000);
  await ask(app);
  await collector.restart();
  await ask(app, 'Later');
  await collector.find('of what came later', span => span.attributes['graphql.operation.name'] === 'Later');
  await until('it is told', () => linesOf(app, 'traces are sent again').length === 1);

  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(warnings(app)).toEqual([expect.objectContaining({ level: 'warn', code: 'ECONNREFUSED' })]);
  expect(Number(linesOf(app, 'traces are sent again')[0]?.dropped)).toBeGreaterThanOrEqual(100);
});

test('a collector that fails is warned of once, whatever it answers', async () => {
  await using app = await startTraced();
  app.collector.mood = 'FAILS';

  const statuses: number[] = [];
  for (const batch of [1, 2, 3]) {
    statuses.push((await ask(app)).status);
    // By then it is known what became of the batch before.
    await until('it was asked', () => app.collector.bodies.length === batch);
  }

  expect(statuses).toEqual([200, 200, 200]);
  expect(warnings(app)).toEqual([expect.objectContaining({ code: 500 })]);
});

test('a collector that never answers keeps nobody waiting, neither requests nor the end of the server, and what waits has an end', async () => {
  await using app = await startTraced();
  app.collector.mood = 'HANGS';
  await ask(app);
  await until('it was asked', () => app.collector.bodies.length === 1);

  // More than wait to be sent.
  for (let round = 0; round < 30; round += 1) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(app)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  }
  // What was on its way is lost.
  app.collector.mood = 'TAKES';
  await app.app.close();

  expect(app.collector.spans.length).toBeGreaterThan(1_500);
  expect(app.collector.spans.length).toBeLessThanOrEqual(2_048);
});

test('a server that stops sends what waits to be sent', async () => {
  await using app = await startTraced();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(app, `Last${index}`)));

  await app.app.close();

  const names = app.collector.spans.flatMap(({ attributes }) => attributes['graphql.operation.name'] ?? []);
  expect(answers.length).toBe(20);
  expect(names.toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `Last${index}`).toSorted());
});

test('traces hold no secret, nothing that people wrote, and nobody’s address', async () => {
  await using app = await startTraced({
    settings: { WORKER: 'on', OTEL_EXPORTER_OTLP_HEADERS: 'api-key=key%2Dof%2Dtraces' },
  });
  const { collector } = app;
  const ada = await app.createUser({ username: 'ada-of-nobody' });
  await app.logInAgain(ada);
  await app.createTodo(ada, { title: 'A title of nobody’s', description: 'A text of nobody’s', tags: ['tagged'] });
  await app.execute(`{ todos(filter: { search: "sought-by-nobody" }) { nodes { title } } }`, {}, ada);
  await app.execute(`mutation { logIn(input: { login: "ada-of-nobody", password: "Wrong horse 8" }) { accessToken } }`);
  await app.execute(`mutation ($token: String!) { verifyEmail(token: $token) { userErrors { code } } }`, {
    token: `dlt.${'x'.repeat(40)}`,
  });
  await app.execute(`mutation { requestPasswordReset(email: "ada-of-nobody@example.com") { userErrors { code } } }`);
  await fetch(`${app.url}/export?token=${ada.accessToken}`, {
    headers: { authorization: `Bearer ${ada.accessToken}` },
  });
  await fetch(`${app.url}/graphql?query=${encodeURIComponent('{ todos { nodes { title } } }')}`);
  await fetch(`${app.url}/sandbox/checkout/of-one-payer?return=1`);
  await collector.find('of a job', ({ kind }) => kind === 'CONSUMER');
  await app.app.close();

  const bodies = collector.bodies.join('\n');

  expect(collector.spans.length).toBeGreaterThan(50);
  expect(app.secrets.findIn(collector.bodies)).toEqual([]);
  const said = [PASSWORD, TEST_SECRET, 'Wrong horse', 'nobody', 'tagged', 'of-one-payer', 'of-traces', '@example.com'];
  expect([...said, ada.id.slice(5), '127.0.0.1:'].filter(text => bodies.includes(text))).toEqual([]);
  const [{ id = '' } = {}] = await app.database.query<{ id: string }>(`select id from users`);
  expect(bodies).not.toContain(id);
  const page = readFileSync(new URL('../../deploy/observing.md', import.meta.url), 'utf8');
  const attributes = new Set(collector.spans.flatMap(span => Object.keys(span.attributes)));
  expect([...attributes].filter(name => !page.includes(`\`${name}\``))).toEqual([]);
  expect(collector.headers.every(headers => headers['api-key'] === 'key-of-traces')).toBe(true);
});

test('the settings name the service and what it runs on; what cannot be read is refused without being shown', async () => {
  await using app = await startTraced({
    settings: {
      OTEL_SERVICE_NAME: 'duely-eu',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,cloud.region=eu%2Dwest',
    },
  });
  const read = (settings: Record<string, string>) => () => readConfig({ JWT_SECRETS: TEST_SECRET, ...settings });

  await ask(app);
  const { resource } = await app.collector.find('of the request', ({ kind }) => kind === 'SERVER');

  expect(resource).toMatchObject({
    'service.name': 'duely-eu',
    'deployment.environment.name': 'production',
    'cloud.region': 'eu-west',
  });
  expect(read({})().tracing).toBe(null);
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example.com/in/' })().tracing).toEqual({
    url: 'https://otel.example.com/in/v1/traces',
    headers: {},
    serviceName: 'duely',
    resource: {},
    sampler: 'parentbased_always_on',
    ratio: 1,
  });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4317' })).toThrow(/OTEL_EXPORTER_OTLP_ENDPOINT has to be/);
  expect(read({ OTEL_TRACES_SAMPLER: 'sometimes' })).toThrow(/OTEL_TRACES_SAMPLER has to be one of always_on/);
  expect(read({ OTEL_TRACES_SAMPLER_ARG: '1.5' })).toThrow(/OTEL_TRACES_SAMPLER_ARG has to be from 0 to 1/);
  for (const headers of ['a key without a value', 'api key=1', 'api-key=%', 'api-key=a%0Ab']) {
    expect(read({ OTEL_EXPORTER_OTLP_HEADERS: headers })).toThrow(
      /OTEL_EXPORTER_OTLP_HEADERS has to be names and values/,
    );
    expect(read({ OTEL_EXPORTER_OTLP_HEADERS: headers })).not.toThrow(headers);
  }
});

test('the library of traces is not loaded at the start', () => {
  const sources = new Map(
    globSync('**/*.ts', { cwd: 'src' }).map(file => [file, readFileSync(join('src', file), 'utf8')] as const),
  );
  const reached = new Set<string>();
  const reach = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, path = ''] of (sources.get(file) ?? '').matchAll(/^(?:import|export) (?!type\b)[^;]*?'(\.[^']+)'/gms))
      reach(normalize(join(dirname(file), path)));
  };

  for (const entry of ['main.ts', 'app.ts']) reach(entry);

  const loading = [...sources].flatMap(([file, text]) =>
    /^import (?!type\b)[^;]*'@opentelemetry\//ms.test(text) ? [file] : [],
  );
  expect(loading.length).toBeGreaterThan(3);
  expect(reached.size).toBeGreaterThan(100);
  expect(loading.filter(file => reached.has(file))).toEqual([]);
});

test('without OTEL_EXPORTER_OTLP_ENDPOINT the lines of operations have no trace', async () => {
  await using app = await startApp();

  await ask(app);
  await until('it is logged', () => linesOf(app, 'operation').length === 1);

  expect(linesOf(app, 'operation')[0]).not.toHaveProperty('traceId');
});
