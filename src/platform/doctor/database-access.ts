import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { explainFault, withConnection } from '../connection.ts';
import { startEmbeddedPostgres } from '../embedded/postgres.ts';
import { findRunningPostgres } from '../embedded/running.ts';

const CONNECTIONS = 4;
const CONNECT_TIMEOUT_MS = 8_000;
const QUERY_TIMEOUT_MS = 8_000;

/** The database of the settings, which is opened when the first check asks for it. */
export interface DatabaseAccess {
  /** Null where there is none, or it cannot be opened: `fault` says why. */
  readonly open: () => Promise<OpenDatabase | null>;
  /** What keeps it from being opened; null where nothing does. */
  readonly fault: () => Promise<string | null>;
  readonly close: () => Promise<void>;
}

export interface OpenDatabase {
  /** What the server works on. With the password in it: not to be told. */
  readonly url: string;
  /** Past a pooler. */
  readonly directUrl: string;
  readonly isEmbedded: boolean;
  /** Rows of a statement, past a pooler. */
  readonly rows: <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) => Promise<Row[]>;
}

export interface DatabaseSettings {
  readonly url: string | undefined;
  readonly directUrl: string | undefined;
  readonly dataDir: string;
}

/** Changes nothing: an embedded database that was never there is not made, and none is migrated. */
export function databaseAccess(settings: DatabaseSettings): DatabaseAccess {
  let opening: Promise<Opened> | null = null;
  const opened = () => (opening ??= openOnce(settings));
  return {
    open: async () => (await opened()).database,
    fault: async () => (await opened()).fault,
    close: async () => {
      if (opening) await (await opening).close();
    },
  };
}

interface Opened {
  readonly database: OpenDatabase | null;
  readonly fault: string | null;
  readonly close: () => Promise<void>;
}

async function openOnce(settings: DatabaseSettings): Promise<Opened> {
  let stop = async () => {};
  try {
    const found = settings.url ? { url: settings.url, stop } : await embedded(settings.dataDir);
    if (!found) return { database: null, fault: null, close: stop };
    stop = found.stop;
    const directUrl = settings.directUrl ?? found.url;
    await withConnection(found.url, async () => {});
    if (directUrl !== found.url) await withConnection(directUrl, async () => {});
    const pool = new pg.Pool({
      connectionString: directUrl,
      max: CONNECTIONS,
      application_name: 'duely-doctor',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: QUERY_TIMEOUT_MS,
    });
    pool.on('error', () => {});
    return {
      database: {
        url: found.url,
        directUrl,
        isEmbedded: !settings.url,
        rows: async (text, values) => (await pool.query(text, values)).rows,
      },
      fault: null,
      close: async () => {
        await pool.end();
        await found.stop();
      },
    };
  } catch (error) {
    return { database: null, fault: explainFault(error), close: stop };
  }
}

/** Null where none was ever made. The one that a server holds is used beside it. */
async function embedded(dataDir: string): Promise<{ url: string; stop: () => Promise<void> } | null> {
  const folder = resolve(dataDir);
  if (!existsSync(join(folder, 'postgres'))) return null;
  try {
    return await startEmbeddedPostgres({ dataDir: folder });
  } catch (error) {
    const url = await findRunningPostgres(folder);
    if (!url) throw error;
    return { url, stop: async () => {} };
  }
}
