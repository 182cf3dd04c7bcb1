import { createApp } from '../app.ts';
import type { Config } from '../platform/config.ts';
import { withConnection } from '../platform/connection.ts';
import { isRemote } from '../platform/doctor/installation.ts';
import { SetupError, UserInputError } from '../platform/errors.ts';
import { openSharedDatabase } from './configured-database.ts';
import { type Counts, count } from './seed-counts.ts';
import { PEOPLE, type SeededPerson, seedPeople } from './seed-people.ts';
import { seedOrders, seedProducts } from './seed-shop.ts';
import { seedTodos } from './seed-todos.ts';

/**
 * Puts in all that there is to look at, and answers with what was done, for people. Throws a SetupError where it must not,
 * or where something else stands in its way; what was put in until then stays, and a repeat puts in the rest.
 */
export async function seed(config: Config, { force }: { readonly force: boolean }): Promise<string> {
  const isForeign = config.database.url !== undefined && isRemote(config.database.url);
  if (!force && (config.production || isForeign))
    throw new SetupError(
      `Nothing was put in: this is ${config.production ? 'production' : 'a database of another machine'}, where people to try things with do not belong. To do it all the same: npm run seed -- --force`,
    );
  const { url, stop } = await openSharedDatabase(config);
  try {
    // Where it cannot be reached, this says so in words for whoever runs the command.
    return await withConnection(config.database.directUrl ?? url, async client => {
      // Of two runs at once one waits, and finds what the other put in. The end of the connection gives it free.
      await client.query('select pg_advisory_lock(hashtext($1))', ['npm run seed']);
      return seedAt(url, config, { isPrivate: !config.production && !isForeign });
    });
  } finally {
    await stop();
  }
}

async function seedAt(databaseUrl: string, config: Config, { isPrivate }: { isPrivate: boolean }): Promise<string> {
  const app = createApp({ config: ownConfig(config), databaseUrl });
  try {
    // The sandbox is a provider over HTTP, also to this process.
    await app.listen();
    const { services } = app;
    const people = await seedPeople(services, { isPrivate });
    const counts: Counts[] = [
      { what: 'people', ...count(people.map(({ isNew }) => isNew)) },
      { what: 'todos', ...(await seedTodos(services, people)) },
      { what: 'products', ...(await seedProducts(services)) },
      { what: 'orders', ...(await seedOrders(services, people, publicUrlOf(config))) },
    ];
    return report(counts, people, { hasSandbox: services.payments.adapters.has('SANDBOX') });
  } catch (error) {
    throw error instanceof UserInputError
      ? new SetupError(`This stands in the way: ${error.message} Put it right, and run the command again.`, {
          cause: error,
        })
      : error;
  } finally {
    await app.close();
  }
}

/** Where the server will be found: links to the pages of payments that are open have it. */
const publicUrlOf = ({ publicUrl, host, port }: Config): string =>
  publicUrl ?? `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;

/** A server of this command's own, beside the one that may run: it does no jobs, and limits nobody. */
const ownConfig = (config: Config): Config => ({
  ...config,
  host: '127.0.0.1',
  port: 0,
  metricsPort: undefined,
  publicUrl: publicUrlOf(config),
  worker: 'off',
  workers: 1,
  rateLimits: false,
  redisUrl: undefined,
  logLevel: 'silent',
  shutdownDelayMs: 0,
  sockets: { ...config.sockets, closeSpreadMs: 0 },
});

function report(
  counts: readonly Counts[],
  people: readonly SeededPerson[],
  { hasSandbox }: { hasSandbox: boolean },
): string {
  const lines = counts.map(
    ({ what, made, there }) => `  ${what.padEnd(8)}  ${made} put in${there > 0 ? `, ${there} there already` : ''}`,
  );
  const width = Math.max(...PEOPLE.map(({ email }) => email.length));
  const logins = people.map(
    ({ email, password, about, isClosed }) =>
      `  ${email.padEnd(width)}  ${isClosed ? '(closed)' : (password ?? '(as it was)')}  ${about}`,
  );
  const sandbox = hasSandbox ? '' : '\nThe sandbox is off, so that nothing was paid: SANDBOX_PAYMENTS=on\n';
  return `${lines.join('\n')}\n${sandbox}\nWho can log in:\n${logins.join('\n')}\n`;
}
