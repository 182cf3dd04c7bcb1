import { ChangeTracker } from '../change/tracker.ts';
import { createTransact, type Transact } from '../change/transact.ts';
import { entities, tracking } from '../entities.ts';
import { SecurityLog } from '../identity/security-log.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import { withConnection } from '../platform/connection.ts';
import { closeDatabase, type Database, openDatabase } from '../platform/database.ts';
import { createLogger } from '../platform/logger.ts';
import { collectSignals } from '../platform/outgoing-signals.ts';
import { openSharedDatabase } from './configured-database.ts';

/** What a command changes things by, so that it leaves behind all that the server would: feed, wake-ups, events. */
export interface Operator {
  readonly transact: Transact;
  readonly database: Database;
  readonly security: SecurityLog;
  readonly clock: Clock;
}

const CLOSE_MS = 5_000;

/** Works on the database that the settings name, beside a server that runs on it too; the server learns of it at once. */
export async function asOperator<Result>(
  config: Config,
  work: (operator: Operator) => Promise<Result>,
): Promise<Result> {
  const { url, stop } = await openSharedDatabase(config);
  try {
    // Where it cannot be reached, this says so in words for whoever runs the command.
    await withConnection(url, async () => {});
    const tracker = new ChangeTracker(tracking);
    const clock = systemClock;
    // What a command did it says itself; what went wrong it throws.
    const logger = createLogger('silent');
    const options = { url, entities, subscribers: [tracker], clock, logger, poolMax: 1 };
    const database = openDatabase({ ...config.database, ...options });
    const signals = collectSignals(config.database.directUrl ?? url);
    try {
      const transact = createTransact({ database, tracker, signals });
      return await work({ transact, database, security: new SecurityLog({ database, clock, logger }), clock });
    } finally {
      await signals.close();
      await closeDatabase(database, CLOSE_MS);
    }
  } finally {
    await stop();
  }
}
