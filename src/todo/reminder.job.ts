import { z } from 'zod';
import { forkFor } from '../change/transact.ts';
import { User } from '../identity/user.entity.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { toGlobalId } from '../platform/ids.ts';
import { defineJob } from '../platform/jobs/job.ts';
import type { Logger } from '../platform/logger.ts';
import { deliver } from '../platform/mail/deliver.ts';
import type { Mailer } from '../platform/mail/mail.ts';
import { readTimeZone } from '../platform/time-zone.ts';
import { reminderMail } from './mails/reminder-mail.ts';
import { Todo } from './todo.entity.ts';

const DueReminder = z.strictObject({
  todoId: z.uuid(),
  /** The instant of the reminder, in milliseconds since 1970. */
  at: z.number(),
});
export type DueReminder = z.infer<typeof DueReminder>;

/** One that is later helps nobody. */
export const REMINDER_KEPT_MS = 86_400_000;

/** Tried for about nine hours; whether there is still something to remind of is looked at before each try. */
export const reminder = defineJob({
  name: 'reminder',
  data: DueReminder,
  retries: 16,
  retryDelaySeconds: 5,
  timeoutSeconds: 120,
  concurrency: 3,
});

export interface ReminderOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** Where the front end is, without a slash at the end. */
  readonly appUrl: () => string;
}

/**
 * Mails the owner; a repeat sends it again under the same Message-ID. Not where the todo was completed or thrown away, or
 * its reminder changed, meanwhile; nor to an account that is locked or closed; nor to an address that is not verified, for
 * anybody could have a server send words of their own to a stranger.
 */
export async function sendReminder({ todoId, at }: DueReminder, options: ReminderOptions): Promise<void> {
  const now = options.clock();
  if (now.getTime() - at > REMINDER_KEPT_MS) return;
  const em = forkFor(options.database, null);
  // Nobody is signed in here: the job says which todo.
  const todo = await em.findOne(Todo, { id: todoId }, { filters: { owner: false } });
  if (!todo?.isOpen || todo.remindAt?.getTime() !== at) return;
  const owner = await em.findOne(User, { id: todo.ownerId }, { filters: { owner: false } });
  if (!owner?.isActive || !owner.emailVerifiedAt) return;
  const { title, dueAt } = todo;
  // A zone that only another release's time zone database knew must not keep anybody from being reminded.
  const timeZone = readTimeZone(owner.timeZone) ?? 'UTC';
  const link = new URL(`${options.appUrl()}/todos/${toGlobalId('todo', todoId)}`);
  const text = reminderMail({ title, dueAt: dueAt ?? null, timeZone, now, link });
  await deliver({ id: `reminder.${todoId}.${at}`, to: owner.email, ...text }, options);
}
