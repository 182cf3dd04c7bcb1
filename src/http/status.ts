import type { ServerResponse } from 'node:http';
import type { ApiInfo } from '../graphql/context.ts';
import type { Database } from '../platform/database.ts';
import { escapeHtml } from '../platform/html.ts';
import type { JobsState } from '../platform/jobs/jobs.ts';
import type { Signals } from '../platform/signal.ts';

const PROBE_TIMEOUT_MS = 2_000;

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function sendHealth(response: ServerResponse, { name, version }: ApiInfo): void {
  sendJson(response, 200, { status: 'healthy', service: name, version });
}

export interface Dependencies {
  readonly database: Database;
  readonly signals: Signals;
  readonly jobs: { readonly state: JobsState };
  /** Null where none is set. */
  readonly redis: { readonly isReady: boolean } | null;
  /** On its way out: whoever spreads requests has to send them elsewhere. */
  readonly isStopping: () => boolean;
}

/** Whether requests can be served, and each dependency's state. */
export async function sendReadiness(
  response: ServerResponse,
  { database, signals, jobs, redis, isStopping }: Dependencies,
): Promise<void> {
  const timeout = new Promise<boolean>(resolve => setTimeout(resolve, PROBE_TIMEOUT_MS, false).unref());
  const probe = database.em
    .fork()
    .execute('select 1')
    .then(
      () => true,
      () => false,
    );
  const up = await Promise.race([probe, timeout]);
  const ready = up && !isStopping();
  sendJson(response, ready ? 200 : 503, {
    status: isStopping() ? 'stopping' : ready ? 'ready' : 'unready',
    // Without the listener nothing is lost: the feeds are looked through every few seconds. Nor without the jobs, which wait,
    // nor without Redis, which is done without.
    dependencies: {
      database: up ? 'up' : 'down',
      listener: signals.connected ? 'up' : 'down',
      jobs: jobs.state,
      ...(redis ? { redis: redis.isReady ? 'up' : 'down' } : {}),
    },
  });
}

/** What this is: for programs as JSON, for people as a small page. */
export function sendRoot(
  response: ServerResponse,
  { name, version, description }: ApiInfo,
  links: Record<string, string>,
  html: boolean,
): void {
  if (!html) {
    sendJson(response, 200, { name, version, description, links });
    return;
  }
  const items = Object.entries(links).map(
    ([label, path]) => `<li><a href="${escapeHtml(path)}">${escapeHtml(label)}</a></li>`,
  );
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' });
  response.end(
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(name)}</title>` +
      `<h1>${escapeHtml(name)} ${escapeHtml(version)}</h1><p>${escapeHtml(description)}</p><ul>${items.join('')}</ul></html>`,
  );
}
