import pg from 'pg';
import { SetupError } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Does work of an operator's on a connection of its own, outside of the unit of work, and ends the connection. Throws a
 * SetupError that names the server and the database, and not the password, where it cannot be opened.
 */
export async function withConnection<Result>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'duely-cli',
  });
  // Of a connection that broke, the query under way or the next one tells.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    const { host, pathname } = new URL(databaseUrl);
    throw new SetupError(`The database ${host}${pathname} cannot be opened: ${explainFault(error)}`, { cause: error });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** PostgreSQL's message with its detail and hint, in lines; the code of a refused connection, which has no message. */
export function explainFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, detail, hint } = error as Partial<pg.DatabaseError>;
  return [message || code, detail, hint].filter(Boolean).join('\n');
}
