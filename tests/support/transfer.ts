import { expect } from 'vitest';
import type { Person, TestApp } from './app.ts';

type Token = Pick<Person, 'accessToken'>;

/** GET /export as the person whose token it is. */
export const requestExport = (
  { url }: Pick<TestApp, 'url'>,
  as: Token | null,
  query = '',
  headers: Record<string, string> = {},
) =>
  fetch(`${url}/export${query}`, {
    headers: { ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}), ...headers },
  });

/** The whole export, as JSON or as text. */
export async function exportJson(app: TestApp, as: Token): Promise<ExportedFile> {
  const response = await requestExport(app, as);
  expect(response.status).toBe(200);
  return (await response.json()) as ExportedFile;
}

export async function exportCalendar(app: TestApp, as: Token): Promise<string> {
  const response = await requestExport(app, as, '?format=ics');
  expect(response.status).toBe(200);
  return response.text();
}

export interface ExportedFile {
  readonly format: string;
  readonly version: number;
  readonly profile: Record<string, unknown>;
  readonly sessions: readonly Record<string, unknown>[];
  readonly securityEvents: readonly Record<string, unknown>[];
  readonly todos: readonly ({ readonly id: string; readonly title: string } & Record<string, unknown>)[];
}

export interface ImportAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly imported?: number;
    readonly alreadyThere?: number;
    readonly refused?: readonly { place: string; path: readonly string[]; code: string; message: string }[];
    readonly detail?: string;
    readonly code?: string;
  };
}

/** POST /import: an object as JSON, a text as a calendar. */
export async function importFile(
  { url }: TestApp,
  as: Token | null,
  file: object | string | Uint8Array<ArrayBuffer>,
  { query = '', type }: { query?: string; type?: string } = {},
): Promise<ImportAnswer> {
  const isPlain = typeof file === 'object' && !(file instanceof Uint8Array);
  const response = await fetch(`${url}/import${query}`, {
    method: 'POST',
    headers: {
      'content-type': type ?? (isPlain ? 'application/json' : 'text/calendar'),
      ...(as ? { authorization: `Bearer ${as.accessToken}` } : {}),
    },
    body: isPlain ? JSON.stringify(file) : file,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as ImportAnswer['body'] };
}

/** An export's file with these todos. */
export const fileOf = (todos: readonly object[]) => ({ format: 'duely', version: 1, todos });

/** The kinds of the changes in a person's feed, with the ids of the todos. */
export const todoChangesOf = ({ database }: TestApp) =>
  database.query<{ kind: string; id: string }>(
    `select kind, entity_id as id from changes where entity = 'todo' order by owner_id, seq`,
  );
