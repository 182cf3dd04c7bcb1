import { sql } from 'kysely';
import type { Clock } from '../../../../platform/clock.ts';
import type { Database } from '../../../../platform/database.ts';
import { sandboxSignature } from '../signature.ts';
import { type Message, reading, type Sql } from './tables.ts';

export interface DeliveryOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where the merchant takes messages. */
  readonly webhookUrl: () => string;
  readonly secret: string;
}

const AT_ONCE = 20;
const TIMEOUT_MS = 10_000;
/** After the first, second, … try; then it is given up, and only told to who asks. */
const BACK_OFF_SECONDS = [1, 5, 30, 120, 600, 3_600] as const;
const LAST_ANSWER_MAX = 200;

/**
 * Sends what is due, one after the other. A message is marked for its next try before it is sent: a process that dies leaves
 * it to whoever looks then, so each arrives at least once. Any number of processes may do this.
 */
export async function deliverDue(options: DeliveryOptions): Promise<void> {
  const db = reading(options.database);
  for (;;) {
    options.signal.throwIfAborted();
    const taken = await takeDue(db, options.clock());
    for (const message of taken) await deliver(db, message, options);
    if (taken.length < AT_ONCE) return;
  }
}

async function takeDue(db: Sql, now: Date): Promise<readonly Message[]> {
  const due = await sql<Message>`
    with due as (
      select id, place, next_attempt_at from sandbox_messages
      where status = 'WAITING' and next_attempt_at <= ${now}
      order by next_attempt_at, place limit ${AT_ONCE} for update skip locked
    ), taken as (
      update sandbox_messages as message set attempts = attempts + 1,
        next_attempt_at = ${now}::timestamptz
          + (${sql.val(BACK_OFF_SECONDS)}::integer[])[least(attempts + 1, ${BACK_OFF_SECONDS.length})] * interval '1 second'
      from due where message.id = due.id
      returning message.*, due.next_attempt_at as was_due_at
    )
    select * from taken order by was_due_at, place
  `.execute(db);
  return due.rows;
}

async function deliver(db: Sql, message: Message, options: DeliveryOptions): Promise<void> {
  const { clock, signal, webhookUrl } = options;
  const answer = await post(webhookUrl(), signedMessage(message, options.secret, clock()), signal);
  // What was cut off by the end of this process is sent again.
  if (answer === null) return;
  const isDone = answer.status >= 200 && answer.status < 300;
  // A forgery that is refused is done as well.
  const isOver = isDone || message.forgery !== null || message.attempts > BACK_OFF_SECONDS.length;
  await db
    .updateTable('sandbox_messages')
    .set({
      last_answer: answer.text.slice(0, LAST_ANSWER_MAX),
      ...(isOver ? { status: isDone ? ('DELIVERED' as const) : ('GIVEN_UP' as const), next_attempt_at: null } : {}),
    })
    .where('id', '=', message.id)
    .execute();
}

interface Signed {
  readonly body: string;
  readonly signature: string | null;
}

const HOUR_SECONDS = 3_600;

/** With whatever is wrong with it on purpose. */
function signedMessage({ body, forgery }: Message, secret: string, now: Date): Signed {
  const seconds = Math.floor(now.getTime() / 1000);
  const sign = (key = secret, at = seconds) => sandboxSignature(key, at, Buffer.from(body));
  switch (forgery) {
    case null:
      return { body, signature: sign() };
    case 'WRONG_SECRET':
      return { body, signature: sign('somebody else') };
    case 'UNSIGNED':
      return { body, signature: null };
    case 'ALTERED':
      return { body: body.replace(/"status":"[A-Z_]+"/, '"status":"PAID" '), signature: sign() };
    case 'TOO_OLD':
      return { body, signature: sign(secret, seconds - HOUR_SECONDS) };
    case 'FROM_THE_FUTURE':
      return { body, signature: sign(secret, seconds + HOUR_SECONDS) };
  }
}

/** Null where it was cut off from here. */
async function post(
  url: string,
  { body, signature }: Signed,
  signal: AbortSignal,
): Promise<{ status: number; text: string } | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'Duely-Sandbox/1.0',
        ...(signature === null ? {} : { 'Sandbox-Signature': signature }),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return { status: response.status, text: `${response.status} ${response.statusText}`.trim() };
  } catch (error) {
    if (signal.aborted) return null;
    return { status: 0, text: error instanceof Error ? error.message : 'no answer' };
  }
}
