import { openConfiguredDatabase } from './cli/configured-database.ts';
import { readConfig } from './platform/config.ts';
import { SetupError } from './platform/errors.ts';

async function main(): Promise<void> {
  const config = readConfig();
  // The database starts while the rest is loaded: that takes as long.
  const [database, { createApp }] = await Promise.all([
    openConfiguredDatabase(config, reason => fail(new SetupError(reason))),
    import('./app.ts'),
  ]);
  const app = createApp({ config, databaseUrl: database.url });
  const { url, metricsUrl } = await app.listen();

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

  // Last, when it can be stopped too. One line has the address: whoever starts this process waits for it.
  const graphiql = config.graphiql ? [`GraphiQL  /graphql, in a browser`] : [];
  const mail = config.mail.via === 'MAILBOX' ? ['Mail      /dev/mail, what would have been sent'] : [];
  const sandbox = config.sandboxPayments ? ['Payments  /sandbox/control, a provider that moves no money'] : [];
  const numbers = metricsUrl ? [`Metrics   /metrics, on port ${new URL(metricsUrl).port}`] : [];
  const pages =
    config.worker === 'only' ? ['Background jobs alone'] : [`GraphQL   /graphql`, ...graphiql, ...mail, ...sandbox];
  const known = config.publicUrl ? ` (${config.publicUrl})` : '';
  process.stdout.write(
    `Duely listens on ${url}${known}\n\n${[...pages, ...numbers].map(page => `  ${page}\n`).join('')}\n`,
  );
}

/** What the operator can put right is told without a stack. */
function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}

main().catch(fail);
