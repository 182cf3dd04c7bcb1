import { sql } from 'kysely';
import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { REMINDER_KEPT_MS, reminder } from './reminder.job.ts';

/** How often it is looked what is due: a reminder is late by no more than that, and by what the mail takes. */
export const REMINDERS_EVERY_MS = 5_000;

/** Of one transaction, for which a change of one of these todos waits. */
const REMINDERS_AT_ONCE = 100;

export interface DueRemindersOptions {
  readonly transact: Transact;
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

interface Taken {
  readonly id: string;
  /** The instant of the reminder, in milliseconds since 1970. */
  readonly at: number;
  /** Whether there is somebody to be reminded of something. */
  readonly wanted: boolean;
}

/**
 * Takes up every reminder that is due: a job to send it and the mark that it was taken up are committed together, so that
 * any number of processes may do this at once and die at any moment. One that is late by more than a day, or whose todo
 * is completed or in the trash, is marked alone: it is not made up for. Answers with how many are going to be sent.
 */
export async function takeDueReminders({ transact, jobs, clock, signal }: DueRemindersOptions): Promise<number> {
  for (let sent = 0; ; ) {
    signal?.throwIfAborted();
    const taken = await transact(null, async em => {
      const due = await markDue(em, clock());
      for (const { id, at } of due.filter(({ wanted }) => wanted)) await jobs.enqueue(em, reminder, { todoId: id, at });
      return due;
    });
    sent += taken.filter(({ wanted }) => wanted).length;
    if (taken.length < REMINDERS_AT_ONCE) return sent;
  }
}

/**
 * Past the unit of work: being reminded is no change of the todo, which keeps its version and is not told to the feed. A
 * todo that somebody is just changing is left for the next time.
 */
async function markDue(em: EntityManager, now: Date): Promise<readonly Taken[]> {
  const { rows } = await sql<Taken>`
    with due as (
      select id from todos where remind_at <= ${now} and reminded_at is null
      order by remind_at limit ${REMINDERS_AT_ONCE} for no key update skip locked
    )
    update todos set reminded_at = ${now} from due where todos.id = due.id
    returning todos.id, round(extract(epoch from remind_at) * 1000)::float8 as at,
      completed_at is null and deleted_at is null and remind_at >= ${new Date(now.getTime() - REMINDER_KEPT_MS)} as wanted
  `.execute(sqlOf(em));
  return rows;
}
