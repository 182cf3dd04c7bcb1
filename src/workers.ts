import { feedRetention, removeOldChanges } from './change/retention.ts';
import { idempotencyRetention, removeOldKeys } from './graphql/idempotency-retention.ts';
import { type AccountMailOptions, accountMail, sendAccountMail } from './identity/account-mail.job.ts';
import { accountPurge, purgeAccounts } from './identity/account-purge.ts';
import { passwordResetRequest, preparePasswordReset } from './identity/password-reset.job.ts';
import type { SecurityLog } from './identity/security-log.ts';
import { INQUIRIES_EVERY_MS } from './payment/due-inquiries.ts';
import { type PaymentWorkerOptions, paymentWorkers } from './payment/payment-workers.ts';
import type { Config } from './platform/config.ts';
import { type Worker, workerFor } from './platform/jobs/job.ts';
import type { Jobs } from './platform/jobs/jobs.ts';
import { Repeated } from './platform/jobs/repeated.ts';
import type { Observation } from './platform/observation.ts';
import { rateLimitRetention, removeOldCounts } from './platform/rate-limits/retention.ts';
import { REMINDERS_EVERY_MS, takeDueReminders } from './todo/due-reminders.ts';
import { reminder, sendReminder } from './todo/reminder.job.ts';
import { todoPurge } from './todo/todo.purge.ts';
import { purgeTrash, trashPurge } from './todo/trash-purge.ts';

export interface WorkerOptions extends AccountMailOptions, PaymentWorkerOptions {
  readonly security: SecurityLog;
  /** Asked when a job is done: they are made with these workers. */
  readonly jobs: () => Jobs;
  readonly secrets: Config['jwtSecrets'];
  readonly config: Pick<Config, 'trashDays'>;
}

/** All that the product does by jobs. */
export function createWorkers(options: WorkerOptions): readonly Worker[] {
  const { database, clock, security, jobs, config } = options;
  return [
    workerFor(feedRetention, (_data, { signal }) => removeOldChanges({ database, clock, signal })),
    workerFor(idempotencyRetention, (_data, { signal }) => removeOldKeys({ database, clock, signal })),
    workerFor(rateLimitRetention, () => removeOldCounts({ database, clock })),
    workerFor(accountPurge, (_data, { signal }) => purgeAccounts({ database, clock, owned: todoPurge, signal })),
    workerFor(accountMail, data => sendAccountMail(data, options)),
    workerFor(passwordResetRequest, data => preparePasswordReset(data, { ...options, jobs: jobs(), security })),
    workerFor(trashPurge, (_data, { signal }) => purgeTrash({ database, clock, trashDays: config.trashDays, signal })),
    workerFor(reminder, data => sendReminder(data, options)),
    ...paymentWorkers(options),
  ];
}

/** What every process does again and again, more often than jobs can be scheduled. */
export function createRepeated(
  options: Pick<WorkerOptions, 'transact' | 'clock' | 'logger' | 'jobs' | 'payments'> & { observation: Observation },
) {
  const { transact, clock, logger, jobs, payments, observation } = options;
  return [
    new Repeated({
      name: 'due inquiries',
      pauseMs: INQUIRIES_EVERY_MS,
      work: signal => payments().askDue(signal),
      logger,
      observation,
    }),
    new Repeated({
      name: 'due reminders',
      pauseMs: REMINDERS_EVERY_MS,
      work: signal => takeDueReminders({ transact, jobs: jobs(), clock, signal }),
      logger,
      observation,
    }),
  ];
}
