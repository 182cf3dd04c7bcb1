import { ChangeTracker } from '../../src/change/tracker.ts';
import { createTransact, type Transact } from '../../src/change/transact.ts';
import { entities, tracking } from '../../src/entities.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { type Database, openDatabase } from '../../src/platform/database.ts';
import { createLogger } from '../../src/platform/logger.ts';
import type { Signals } from '../../src/platform/signal.ts';
import type { TestDatabase } from './database.ts';

/** Wake-ups that nobody hears: every one of them is lost. */
const DEAF: Signals = {
  publish() {},
  listen: () => () => {},
  onGap: () => () => {},
  connected: false,
  async close() {},
};

export interface Writer extends AsyncDisposable {
  readonly database: Database;
  readonly transact: Transact;
}

/** Writes to a database as another process would; its wake-ups are lost unless `signals` take them. `append` numbers its changes. */
export function openWriter(
  { url }: Pick<TestDatabase, 'url'>,
  { append, signals = DEAF }: Partial<Pick<Parameters<typeof createTransact>[0], 'append' | 'signals'>> = {},
): Writer {
  const tracker = new ChangeTracker(tracking);
  const database = openDatabase({
    url,
    entities,
    subscribers: [tracker],
    clock: systemClock,
    logger: createLogger('silent'),
    poolMax: 40,
    preparedStatements: true,
    statementTimeoutMs: 30_000,
  });
  return {
    database,
    transact: createTransact({ database, tracker, signals, ...(append ? { append } : {}) }),
    async [Symbol.asyncDispose]() {
      await signals.close();
      await database.close(true);
    },
  };
}
