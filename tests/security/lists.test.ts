import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const rows = read('deploy/security.md')
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (what it asks|---)/.test(line))
  .map(line => line.split('|').map(cell => cell.trim()));

/** `tests/a.test.ts`: name; or `tests/a.test.ts` alone for all of a file. */
const NAMED = /`(tests\/[\w./-]+\.test\.ts)`(?:: “([^”]+)”)?/g;

describe('each line of OWASP’s lists in deploy/security.md', () => {
  test.for(rows.map(([, line = '', held = '']) => [line, held] as const))(
    '%s: names tests that there are, or says why there is none',
    ([, held]) => {
      const named = [...held.matchAll(NAMED)];

      expect(named.length > 0 || /^\*Not here\.\* .{20}/.test(held)).toBe(true);
      for (const [, file = '', name] of named) {
        expect(existsSync(new URL(file, ROOT)), file).toBe(true);
        if (name) expect(read(file).replaceAll("\\'", "'"), `${file} has this test`).toContain(name);
      }
    },
  );

  test('are all of the API Security Top 10 of 2023, and those of the cheat sheet', () => {
    const numbers = rows.flatMap(([, line = '']) => /^(API\d+:2023)/.exec(line)?.[1] ?? []);

    expect(numbers).toEqual(Array.from({ length: 10 }, (_, n) => `API${n + 1}:2023`));
    expect(rows.length).toBeGreaterThan(35);
  });
});
