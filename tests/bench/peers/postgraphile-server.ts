import { createServer, type IncomingMessage } from 'node:http';
import jwt from 'jsonwebtoken';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

/**
 * PostGraphile 5 as its documentation sets it up for production: the Amber preset, JWTs verified in `grafast.context` and
 * handed to PostgreSQL as settings (https://postgraphile.org/postgraphile/5/jwt-guide), row-level security deciding what
 * they show; no GraphiQL, no watching, no explaining, answers given out as text.
 */
const { DATABASE_URL = '', JWT_SECRET = '', POOL_MAX } = process.env;

const settingsOf = (request: IncomingMessage | undefined): Record<string, string> => {
  const token = request?.headers.authorization?.slice('Bearer '.length);
  if (!token) return {};
  const claims = jwt.verify(token, JWT_SECRET, { algorithms: ['HS256'], audience: 'postgraphile' }) as jwt.JwtPayload;
  return { role: String(claims.role), 'jwt.claims.user_id': String(claims.user_id) };
};

const preset: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      schemas: ['public'],
      poolConfig: { max: Number(POOL_MAX) },
      pubsub: false,
    }),
  ],
  gather: { installWatchFixtures: false },
  grafast: { explain: false, context: context => ({ pgSettings: settingsOf(context.node?.req) }) },
  grafserv: { graphiql: false, watch: false, outputDataAsString: true },
};

const server = createServer();
const instance = postgraphile(preset).createServ(grafserv);
await instance.ready();
await instance.addTo(server);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => process.exit(0));
