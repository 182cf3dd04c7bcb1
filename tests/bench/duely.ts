import { SECRET } from './seed.ts';
import { freePort, type ServerOptions, type ServerProcess, startServer } from './server-process.ts';

/** Connections to the database, of every server. */
export const POOL_MAX = '10';

/** Duely as in production, on this database. */
export async function startDuely(
  databaseUrl: string,
  { env = {}, ...options }: Partial<ServerOptions> = {},
): Promise<ServerProcess> {
  const port = String(await freePort());
  return startServer({
    ...options,
    script: '../../src/main.ts',
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      DATABASE_POOL_MAX: POOL_MAX,
      HOST: '127.0.0.1',
      PORT: port,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      SMTP_URL: 'off',
      JWT_SECRETS: SECRET,
      ACCESS_TOKEN_TTL_SECONDS: '86400',
      FREE_OPEN_TODOS: '1000000',
      // Counted as always, and never too many.
      COST_POINTS: '1000000000',
      COST_POINTS_PER_SECOND: '1000000000',
      LOG_LEVEL: 'error',
      ...env,
    },
  });
}

/** For more sockets of one person, and of this one machine, than anybody has elsewhere. */
export const MANY_SOCKETS = {
  SOCKETS_PER_VIEWER: '100000',
  SOCKETS_PER_ADDRESS: '100000',
  SOCKET_CLOSE_SPREAD_MS: '0',
};
