import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/platform/config.ts';
import { openSignals } from '../../src/platform/signal.ts';
import { unreliable } from '../support/unreliable-signals.ts';

/** The server on the database at DATABASE_URL, but its wake-ups get lost, come twice and come in another order. */
const config = readConfig();
const app = createApp({
  config,
  databaseUrl: config.database.url ?? '',
  signals: options => unreliable(openSignals(options)),
});
const { url } = await app.listen();
process.stdout.write(`listens on ${url}\n`);
