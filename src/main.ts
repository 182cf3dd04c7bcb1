import cluster from 'node:cluster';
import { banner } from './cli/banner.ts';
import { type ConfiguredDatabase, openConfiguredDatabase } from './cli/configured-database.ts';
import { providerFaults } from './payment/providers/faults.ts';
import { type Config, readConfig } from './platform/config.ts';
import { SetupError } from './platform/errors.ts';
import { createLogger } from './platform/logger.ts';
import { createFellows, onSupervisorsWord, tellSupervisor } from './platform/processes/fellows.ts';
import { Supervisor } from './platform/processes/supervisor.ts';

async function main(): Promise<void> {
  // Process 1 of a container has no default for signals: until it can be stopped in order, it ends at once.
  if (process.pid === 1) process.on('SIGTERM', endAtOnce);
  const config = readConfig(undefined, providerFaults);
  if (cluster.isWorker) return serveForSupervisor(config);
  if (config.workers > 1) return supervise(config);
  return serveAlone(config);
}

async function serveAlone(config: Config): Promise<void> {
  // The database starts while the rest is loaded: that takes as long.
  const [database, { createApp }] = await Promise.all([openDatabase(config), import('./app.ts')]);
  const app = createApp({ config, databaseUrl: database.url });
  const address = await app.listen();
  stopBySignal({ stop: () => app.close(), database });
  // Last, when it can be stopped too.
  process.stdout.write(banner(config, address));
}

/** Several processes behind one port. This one holds the database, where it is the embedded one, and serves nothing. */
async function supervise(config: Config): Promise<void> {
  const database = await openDatabase(config);
  const supervisor = new Supervisor({
    count: config.workers,
    environment: { DATABASE_URL: database.url },
    logger: createLogger(config.logLevel),
  });
  stopBySignal({ stop: () => supervisor.stop(), kill: () => supervisor.kill(), database });
  const addresses = await supervisor.start();
  if (addresses) process.stdout.write(banner(config, addresses));
}

async function serveForSupervisor(config: Config): Promise<void> {
  const asked = new Promise<void>(resolve => {
    onSupervisorsWord(resolve);
    process.on('SIGTERM', resolve);
    // A terminal's Ctrl-C goes to every process of it: this one stops by its supervisor's word.
    process.on('SIGINT', () => {});
  });
  const { createApp } = await import('./app.ts');
  const app = createApp({ config, databaseUrl: config.database.url ?? '', fellows: createFellows() });
  tellSupervisor({ kind: 'serving', ...(await app.listen()) });
  await asked;
  await app.close();
  process.exit(0);
}

const openDatabase = (config: Config): Promise<ConfiguredDatabase> =>
  openConfiguredDatabase(config, reason => fail(new SetupError(reason)));

interface Stopping {
  stop(): Promise<void>;
  kill?(): void;
  readonly database: ConfiguredDatabase;
}

/** In the orderly way at the first signal, at once at the second. */
function stopBySignal({ stop, kill, database }: Stopping): void {
  let stopping = false;
  const onSignal = async () => {
    if (stopping) {
      kill?.();
      process.exit(1);
    }
    stopping = true;
    await stop();
    await database.stop();
    process.exit(0);
  };
  process.off('SIGTERM', endAtOnce);
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

/** As SIGTERM does by default. */
const endAtOnce = (): never => process.exit(143);

/** What the operator can put right is told without a stack. */
function fail(error: unknown): never {
  process.stderr.write(
    `${error instanceof SetupError ? error.message : error instanceof Error ? error.stack : error}\n`,
  );
  process.exit(1);
}

main().catch(fail);
