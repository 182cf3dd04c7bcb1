import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { NAMES_MAX } from '../../src/graphql/operation-metrics.ts';
import { startApp } from '../support/app.ts';
import { PROVIDER_SETTINGS } from '../support/provider-settings.ts';
import { type Line, lineOf } from './lines.ts';
import { readNumbers } from './numbers.ts';

const text = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const page = text('deploy/observing.md');

const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          for: z
            .string()
            .regex(/^\d+[smh]$/)
            .optional(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string().endsWith('.') }),
        }),
      ),
    }),
  ),
});
const alerts = Rules.parse(parse(text('deploy/prometheus/alerts.yaml'))).groups.flatMap(({ rules }) => rules);

/** All numbers that there can be: a Redis that is away is shown too. */
async function allNumbers() {
  await using app = await startApp({ settings: { ...PROVIDER_SETTINGS, REDIS_URL: 'redis://127.0.0.1:1' } });
  return await readNumbers(app.url);
}

test('the page has every number of the product’s with its type and its words, and no other', async () => {
  const { families } = await allNumbers();

  const rows = [...page.matchAll(/^\| `(duely_\w+)` \| (\w+) \| [^|]* \| (.*) \|$/gm)].map(([, ...cells]) => cells);

  const shown = families.filter(({ name }) => name.startsWith('duely_'));
  expect(rows.toSorted()).toEqual(shown.map(({ name, type, help }) => [name, type.toLowerCase(), help]).toSorted());
  expect(page).toContain(`the first ${NAMES_MAX} that succeeded`);
});

test('the alerts ask for numbers that there are, each alert once, and the page says what to do about each', async () => {
  const { families } = await allNumbers();
  const names = new Set(families.map(({ name }) => name));

  const asked = alerts.flatMap(({ expr }) => expr.match(/\b(duely|nodejs|process)_\w+/g) ?? []);

  expect(asked.length).toBeGreaterThanOrEqual(alerts.length);
  expect(asked.map(name => name.replace(/_(bucket|sum|count)$/, '')).filter(name => !names.has(name))).toEqual([]);
  const called = alerts.map(({ alert }) => alert);
  expect(new Set(called).size).toBe(called.length);
  const [, chapter = ''] = page.split('\n## Alerts\n');
  const explained = [...chapter.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  const readme = text('README.md');
  expect(called.filter(name => !explained.includes(name) && !readme.includes(`alert: ${name}`))).toEqual([]);
  expect(explained.filter(name => name && !called.includes(name))).toEqual([]);
});

test('the line of an operation that the page shows has the fields of a real one, and each of them is explained', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await app.execute('query Todos { todos { nodes { title } } }', {}, ada);
  const real = await lineOf(app, 'operation', ({ operation }) => operation === 'Todos');

  const [, example = '{}'] = /^```json\n(.*)\n```$/m.exec(page) ?? [];

  const shown = JSON.parse(example) as Line;
  expect(Object.keys(shown)).toEqual(Object.keys(real));
  expect(Object.values(shown).map(value => typeof value)).toEqual(Object.values(real).map(value => typeof value));
  expect(Object.keys(shown).filter(field => !page.includes(`\`${field}\``))).toEqual([]);
});
