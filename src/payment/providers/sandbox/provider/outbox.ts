import { randomBytes, randomInt } from 'node:crypto';
import { newId } from '../../../../platform/ids.ts';
import { type Misbehaviour, readMisbehaviour } from './misbehaviour.ts';
import { type Checkout, FORGERIES, type Forgery, type Sql } from './tables.ts';
import { type CheckoutView, viewOf } from './views.ts';

export const EVENT_TYPES = [
  'checkout.failed',
  'checkout.awaiting_approval',
  'checkout.processing',
  'checkout.paid',
  'checkout.canceled',
  'checkout.expired',
  'refund.pending',
  'refund.succeeded',
  'refund.failed',
  'dispute.opened',
  'dispute.won',
  'dispute.lost',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

const SHUFFLE_MS = 3_000;

const newEventId = () => `sbe_${randomBytes(16).toString('hex')}`;

/**
 * Puts the message about what just happened to the checkout into the outbox, in the transaction in which it happened. How
 * often, when, and in what company it is sent is the misbehaviour's.
 */
export async function announce(db: Sql, checkout: Checkout, type: EventType, now: Date): Promise<void> {
  const misbehaviour = await readMisbehaviour(db);
  const view = await viewOf(db, checkout);
  const eventId = newEventId();
  const body = bodyOf(eventId, type, view, now);
  const rows = Array.from({ length: misbehaviour.copies }, () =>
    messageRow(checkout, eventId, type, body, now, misbehaviour),
  );
  await db.insertInto('sandbox_messages').values(rows).execute();
  if (misbehaviour.forge) for (const forgery of FORGERIES) await forge(db, checkout, forgery, now);
}

/** A message that says that the checkout was paid, whatever became of it, and which its receiver has to refuse. */
export async function forge(db: Sql, checkout: Checkout, forgery: Forgery, now: Date): Promise<void> {
  const view = await viewOf(db, checkout);
  const paid = { ...view, status: 'PAID', failure: null, paidAmount: view.amount, paidAt: now.toISOString() } as const;
  const eventId = newEventId();
  // What is altered on its way was genuine when it was signed.
  const told = forgery === 'ALTERED' ? view : paid;
  const body = bodyOf(eventId, 'checkout.paid', told, now);
  await db
    .insertInto('sandbox_messages')
    .values({ ...messageRow(checkout, eventId, 'checkout.paid', body, now, SENT_AT_ONCE), forgery })
    .execute();
}

const SENT_AT_ONCE = { messages: 'SEND', delaySeconds: 0, shuffle: false } as const;

const bodyOf = (id: string, type: EventType, checkout: CheckoutView, now: Date): string =>
  JSON.stringify({ id, type, createdAt: now.toISOString(), checkout });

function messageRow(
  { id: checkoutId }: Checkout,
  eventId: string,
  type: EventType,
  body: string,
  now: Date,
  { messages, delaySeconds, shuffle }: Pick<Misbehaviour, 'messages' | 'delaySeconds' | 'shuffle'>,
) {
  const waits = messages === 'SEND';
  const delay = delaySeconds * 1000 + (shuffle ? randomInt(SHUFFLE_MS) : 0);
  return {
    id: newId(),
    checkout_id: checkoutId,
    event_id: eventId,
    type,
    body,
    status: waits ? ('WAITING' as const) : messages === 'HOLD' ? ('HELD' as const) : ('LOST' as const),
    next_attempt_at: waits ? new Date(now.getTime() + delay) : null,
    created_at: now,
  };
}

/** Lets go of what was held; NEWEST_FIRST turns its order round. Answers with how many. */
export async function release(db: Sql, order: 'OLDEST_FIRST' | 'NEWEST_FIRST', now: Date): Promise<number> {
  const held = await db
    .selectFrom('sandbox_messages')
    .select('id')
    .where('status', '=', 'HELD')
    .orderBy('place', order === 'OLDEST_FIRST' ? 'asc' : 'desc')
    .forUpdate()
    .execute();
  // A millisecond apart: they are due in this order.
  for (const [index, { id }] of held.entries())
    await db
      .updateTable('sandbox_messages')
      .set({ status: 'WAITING', next_attempt_at: new Date(now.getTime() - held.length + index) })
      .where('id', '=', id)
      .execute();
  return held.length;
}

/** Sends a message once more, whatever became of it. False where there is none of this id. */
export async function sendAgain(db: Sql, messageId: string, now: Date): Promise<boolean> {
  const done = await db
    .updateTable('sandbox_messages')
    .set({ status: 'WAITING', next_attempt_at: now, attempts: 0 })
    .where('id', '=', messageId)
    .returning('id')
    .executeTakeFirst();
  return done !== undefined;
}

/** The newest hundred that never arrived, oldest first, each once however many copies of it there are; those held are not yet sent. */
export async function undelivered(db: Sql): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('sandbox_messages as message')
    .select(['message.body', 'message.event_id'])
    .where('message.status', 'in', ['LOST', 'GIVEN_UP', 'WAITING'])
    .where('message.forgery', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('sandbox_messages as copy')
            .select('copy.id')
            .whereRef('copy.event_id', '=', 'message.event_id')
            .where('copy.status', '=', 'DELIVERED'),
        ),
      ),
    )
    .orderBy('message.place', 'desc')
    .limit(100)
    .execute();
  return [...new Map(rows.reverse().map(row => [row.event_id, row.body])).values()];
}
