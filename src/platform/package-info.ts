import { readFileSync } from 'node:fs';

/** Name, version and description as package.json has them. */
export function readPackageInfo(): { name: string; version: string; description: string } {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
}
