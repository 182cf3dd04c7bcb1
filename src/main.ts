import { createApp } from './app.ts';
import { openConfiguredDatabase } from './cli/configured-database.ts';
import { readConfig } from './platform/config.ts';
import { SetupError } from './platform/errors.ts';

async function main(): Promise<void> {
  const config = readConfig();
  const database = await openConfiguredDatabase(config, reason => fail(new SetupError(reason)));
  const app = createApp({ config, databaseUrl: database.url });
  const { url } = await app.listen();
  process.stdout.write(
    `Duely listens on ${url}\n\n  GraphQL   ${url}/graphql\n${config.graphiql ? `  GraphiQL  ${url}/graphql   (in a browser)\n` : ''}\n`,
  );

  let stopping = false;
  const stop = async () => {
    // A second signal ends at once.
    if (stopping) process.exit(1);
    stopping = true;
    await app.close();
    await database.stop();
    process.exit(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

/** What the operator can put right is told without a stack. */
function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}

main().catch(fail);
