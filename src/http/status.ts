import type { ServerResponse } from 'node:http';
import type { ApiInfo } from '../graphql/context.ts';
import { escapeHtml } from '../platform/html.ts';
import type { Readiness } from './readiness.ts';

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function sendHealth(response: ServerResponse, { name, version }: ApiInfo): void {
  sendJson(response, 200, { status: 'healthy', service: name, version });
}

export async function sendReadiness(response: ServerResponse, readiness: () => Promise<Readiness>): Promise<void> {
  const state = await readiness();
  sendJson(response, state.status === 'ready' ? 200 : 503, state);
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
