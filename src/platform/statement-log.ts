import { databaseFault } from './database-errors.ts';
import { type Logger, withKnownFields } from './logger.ts';
import type { Observer } from './observation.ts';

/** Every statement, at `debug`: its text without values, and what it took. */
export function createStatementLog(to: Logger): Observer {
  const logger = withKnownFields(to);
  return {
    statementEnded({ text, ms, rows, error }, work) {
      if (!logger.isLevelEnabled('debug')) return;
      const fields = {
        ...(work?.requestId ? { requestId: work.requestId } : {}),
        sql: text,
        ms: Math.round(ms * 100) / 100,
        rows,
        ...(error ? { fault: databaseFault(error)?.kind ?? 'OTHER' } : {}),
      };
      logger.debug(fields, 'statement');
    },
  };
}
