import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from './dockerfile.ts';

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: a test reads the document that it looks at, and fails where it is another one
export type Document = any;

/** With anchors and merged keys put in. */
export const readYaml = (path: string): Document => parse(read(path), { merge: true });

export const readDocuments = (path: string): Document[] =>
  parseAllDocuments(read(path), { merge: true }).map(document => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });

/** The settings that there are. */
export const SETTING_NAMES: ReadonlySet<string> = new Set(Object.keys(parseEnv(read('.env.example'))));

/** How long an orderly stop may take at the most, by what the sources wait for in turn. */
export function longestStopMs(config: { shutdownDelayMs: number; sockets: { closeSpreadMs: number } }): number {
  const found = /SHUTDOWN_MS = ([\d_]+)/.exec(read('src/app.ts'))?.[1];
  if (!found) throw new Error('src/app.ts has no SHUTDOWN_MS.');
  const shutdownMs = Number(found.replaceAll('_', ''));
  // Requests and jobs, and then the database's connections.
  return config.shutdownDelayMs + config.sockets.closeSpreadMs + 2 * shutdownMs;
}
