import { diff } from 'node:util';

const CONTEXT_LINES = 2;

/** The lines that differ, `-` before those of the first text and `+` before those of the second, with lines around. */
export function differingLines(before: string, after: string): string {
  const entries = diff(before.split('\n'), after.split('\n'));
  const shown = entries.map((_, index) =>
    entries.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1).some(([change]) => change !== 0),
  );
  return entries
    .flatMap(([change, line], index) => {
      if (!shown[index]) return shown[index - 1] ? ['…'] : [];
      return [`${change === 0 ? ' ' : change > 0 ? '-' : '+'} ${line}`.trimEnd()];
    })
    .join('\n');
}
