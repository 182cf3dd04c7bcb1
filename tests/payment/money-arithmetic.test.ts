import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, expect, test } from 'vitest';

const BANNED = [
  'parseFloat(text)',
  'Number.parseFloat(text)',
  '[text].map(Number.parseFloat)',
  'Number(text)',
  '[text].map(Number)',
  '+text',
  'rupees.toFixed(2)',
  'rupees.toPrecision(4)',
  'Math.round(rupees)',
  'Math.floor(rupees / 1000)',
  'Math.trunc(rupees)',
  'rupees * 100',
  'rupees * 1_00',
  '100 * rupees',
  'rupees / 100',
  '(rupees * 100) / 3',
  'rupees * 1e2',
  'rupees * 0.01',
  'rupees * 10 ** decimals',
  'rupees / 10 ** decimals',
  '[(rupees *= 100)]',
  '[(rupees /= 100)]',
];
const ALLOWED = [
  'paisa / 100n',
  'paisa % 100n',
  'paisa * 10n ** BigInt(decimals)',
  'String(rupees)',
  'BigInt(text)',
  'rupees > 100',
  'rupees * 1000',
  'Number.isSafeInteger(rupees)',
  'Number.MAX_SAFE_INTEGER',
  'Math.max(decimals, 0)',
  'Math.floor(at.getTime() / 1000)',
  "'1.50 * 100'",
  '-decimals',
  "'Rs ' + text",
];

/** By file, the lines that the rule found in a folder with this project's own settings. */
const found = new Map<string, string[]>();

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'money-'));
  try {
    for (const path of ['biome.jsonc', '.gitignore', 'lint']) await cp(path, join(folder, path), { recursive: true });
    const code = [...BANNED, ...ALLOWED].map(
      (expression, index) =>
        `export const f${index} = (text: string, rupees: number, paisa: bigint, decimals: number, at: Date) => ${expression};`,
    );
    for (const path of ['src/payment/planted.ts', 'src/payment/providers/deeper/planted.ts', 'src/todo/planted.ts']) {
      await mkdir(join(folder, path, '..'), { recursive: true });
      await writeFile(join(folder, path), `${code.join('\n')}\n`);
    }
    for (const { path, line } of await pluginDiagnostics(folder)) {
      const expression = [...BANNED, ...ALLOWED][line - 1] ?? `line ${line}`;
      found.set(path, [...new Set([...(found.get(path) ?? []), expression])]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}, 60_000);

function pluginDiagnostics(folder: string): Promise<{ path: string; line: number }[]> {
  const args = ['lint', '--reporter=json', '--max-diagnostics=none', 'src'];
  return new Promise((done, failed) => {
    execFile(resolve('node_modules/.bin/biome'), args, { cwd: folder, maxBuffer: 10_000_000 }, (_, stdout, stderr) => {
      try {
        const { diagnostics } = JSON.parse(stdout);
        const ofPlugin = diagnostics.filter((diagnostic: { category: string }) => diagnostic.category === 'plugin');
        done(
          ofPlugin.map((diagnostic: { location: { path: string; start: { line: number } } }) => ({
            path: diagnostic.location.path,
            line: diagnostic.location.start.line,
          })),
        );
      } catch {
        failed(new Error(`biome said: ${stdout}${stderr}`));
      }
    });
  });
}

test.each(['src/payment/planted.ts', 'src/payment/providers/deeper/planted.ts'])(
  'in %s, every way to make a float of an amount is found, and nothing else',
  path => {
    expect(new Set(found.get(path))).toEqual(new Set(BANNED));
  },
);

test('outside of src/payment numbers are free', () => {
  expect(found.get('src/todo/planted.ts')).toBeUndefined();
});
