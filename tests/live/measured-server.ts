import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/platform/config.ts';

/** The server on the database at DATABASE_URL. At SIGUSR2 it prints the bytes that it holds once garbage is collected. */
setFlagsFromString('--expose_gc');
const collectGarbage: () => void = runInNewContext('gc');
process.on('SIGUSR2', () => {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  process.stdout.write(`holds ${heapUsed + external} bytes\n`);
});

const config = readConfig();
const app = createApp({ config, databaseUrl: config.database.url ?? '' });
const { url } = await app.listen();
process.stdout.write(`listens on ${url}\n`);
