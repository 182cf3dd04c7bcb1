import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { isColdStart } from './database-errors.ts';
import { SetupError } from './errors.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** Between the two tries. */
const COLD_START_DELAY_MS = 500;

/**
 * Does work of an operator's on a connection of its own, outside of the unit of work, and ends the connection. A database
 * that was asleep is asked twice. Throws a SetupError that names the server and the database, and not the password, where
 * it cannot be opened.
 */
export async function withConnection<Result>(
  databaseUrl: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await open(databaseUrl)
    .catch(async (error: unknown) => {
      if (!isColdStart(error)) throw error;
      await sleep(COLD_START_DELAY_MS);
      return open(databaseUrl);
    })
    .catch((error: unknown) => {
      const { host, pathname } = new URL(databaseUrl);
      throw new SetupError(`The database ${host}${pathname} cannot be opened: ${explainFault(error)}`, {
        cause: error,
      });
    });
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function open(databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'duely-cli',
  });
  // Of a connection that broke, the query under way or the next one tells.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/**
 * PostgreSQL's message with its detail and hint, in lines; the code of a refused connection, which has no message. Where TLS
 * is the reason, with what to do.
 */
export function explainFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, detail, hint } = error as Partial<pg.DatabaseError>;
  return [message || code, detail, hint ?? tlsHint(error.message, code)].filter(Boolean).join('\n');
}

const UNKNOWN_AUTHORITY = /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/;

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function tlsHint(message: string, code = ''): string | undefined {
  if (UNKNOWN_AUTHORITY.test(code))
    return 'The certificate of the database is of an authority that is not known here: add &sslrootcert=FILE, with the certificate of that authority, to the address.';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'The certificate of the database is for another name: use the name that it has in the address.';
  if (code === 'CERT_HAS_EXPIRED') return 'The certificate of the database has expired: it needs a new one.';
  if (/does not support SSL/.test(message))
    return 'The database speaks no TLS: switch it on there, or take sslmode out of the address.';
  if (/no encryption/.test(message)) return 'The database wants TLS: add ?sslmode=verify-full to the address.';
  return undefined;
}
