import { relative } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Says which tests were skipped for want of something, and how to get it: the reporter says only how many. */
export function tellSkipped({ vitest, config }: TestProject): void {
  const byReason = new Map<string, Map<string, number>>();
  for (const module of vitest.state.getTestModules()) {
    const file = relative(config.root, module.moduleId);
    for (const test of module.children.allTests('skipped')) {
      const result = test.result();
      if (result.state !== 'skipped' || !result.note) continue;
      const files = byReason.get(result.note) ?? new Map<string, number>();
      byReason.set(result.note, files.set(file, (files.get(file) ?? 0) + 1));
    }
  }
  for (const [reason, files] of byReason) {
    const list = [...files].map(([file, count]) => `  ${file}: ${count}\n`).join('');
    process.stdout.write(`\nSkipped. ${reason}\n${list}`);
  }
}
