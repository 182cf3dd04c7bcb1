import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { isEnumType, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { API_VERSION } from '../src/payment/providers/stripe/client.ts';
import { EVENT_TYPES } from '../src/payment/providers/stripe/messages.ts';
import { ERROR_CODES } from '../src/platform/errors.ts';
import { createSchema } from '../src/schema.ts';
import { startApp } from './support/app.ts';
import { PROVIDER_SETTINGS } from './support/provider-settings.ts';

const text = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const readme = text('README.md');
const example = parseEnv(text('.env.example'));
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);

/** The variables of the README's commands that are not this server's to read. */
const OF_OTHERS = [
  'TEST_DATABASE_URL',
  'CRASH_PAYMENTS',
  'CRASH_ROUNDS',
  'CHAOS_CHANGES',
  'BACKUP_ROUNDS',
  'START_SERVERS',
  'FAULT_ROUNDS',
  'LOAD_MINUTES',
  'HOSTILE_BODIES',
];

describe('the README', () => {
  const schema = createSchema();

  test.for(blocks('graphql').map((code, index) => [index + 1, code] as const))(
    'shows GraphQL that this server takes: block %i',
    ([, code]) => {
      expect(validate(schema, parse(code)).map(({ message }) => message)).toEqual([]);
    },
  );

  test('shows GraphQL at all', () => {
    expect(blocks('graphql').length).toBeGreaterThan(5);
  });

  test('names settings that there are, and no others', () => {
    const values = Object.values(schema.getTypeMap()).flatMap(type =>
      isEnumType(type) ? type.getValues().map(({ name }) => name) : [],
    );
    const known = new Set([...Object.keys(example), ...values, ...Object.keys(ERROR_CODES), ...OF_OTHERS]);
    // What has an underscore is a setting, a code or a value; what has none may be a word.
    const named = inCode().flatMap(code => code.match(/(?<![\w.-])[A-Z][A-Z0-9]*(_[A-Z0-9]+)+(?![\w…-])/g) ?? []);

    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(name => !known.has(name))).toEqual([]);
  });

  test('names every setting that there is', () => {
    const named = new Set(inCode().flatMap(code => code.match(/\b[A-Z][A-Z0-9_]*[A-Z0-9]\b/g) ?? []));

    expect(Object.keys(example).filter(name => !named.has(name))).toEqual([]);
  });

  test('says the defaults of the tables of settings as .env.example does', () => {
    const rows = [...readme.matchAll(/^\| `([A-Z]+_[A-Z_]+)` \| ([^|]*) \|/gm)].flatMap(([, name = '', cell = '']) => {
      const [, value] = /^`([^`]*)`$/.exec(cell) ?? [];
      return value === undefined || name in ERROR_CODES ? [] : [[name, value] as const];
    });

    expect(rows.length).toBeGreaterThan(10);
    for (const [name, value] of rows) expect([name, value]).toEqual([name, example[name]]);
  });

  test('lists the events of Stripe that are read, and the version that they have to be of', () => {
    const [listed = ''] = blocks('text').filter(code => code.includes('checkout.session.completed'));

    expect(listed.trim().split(/\s+/).sort()).toEqual(EVENT_TYPES.toSorted());
    expect(readme).toContain(`\`${API_VERSION}\``);
  });

  test('names addresses of providers’ messages and payers’ ways back that are served, and numbers that are shown', async () => {
    await using app = await startApp({ settings: PROVIDER_SETTINGS });
    const paths = new Set(readme.match(/\/(webhooks|payments)\/[a-z]+(\/[a-z]+)?/g));
    const shown = await (await fetch(`${app.url}/metrics`)).text();
    const numbers = [...shown.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name);

    const statuses = await Promise.all(
      [...paths].map(async path => [path, (await fetch(app.url + path, { redirect: 'manual' })).status] as const),
    );

    expect(paths.size).toBeGreaterThan(5);
    expect(statuses.filter(([, status]) => status === 404)).toEqual([]);
    const named = [...new Set(readme.match(/\bduely_\w+/g))].map(name => name.replace(/_(bucket|sum|count)$/, ''));
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter(name => !numbers.includes(name))).toEqual([]);
  });
});

/** All that is written as code: in a line, and in blocks. */
const inCode = (): string[] => [
  ...[...readme.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, code = '']) => code),
  ...[...readme.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
];
