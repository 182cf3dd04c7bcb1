import { z } from 'zod';
import { AMOUNT_MAX } from '../../../money.ts';
import { lockCheckout } from './checkouts.ts';
import { DISPUTE_STATUSES, dispute } from './disputes.ts';
import { FAULT_KINDS, FAULTY_CALLS, lockMisbehaviour, Misbehaviour, writeMisbehaviour } from './misbehaviour.ts';
import { forge, release, sendAgain } from './outbox.ts';
import { charge, decide, expire, isOpen } from './payer.ts';
import { refund, settleRefund } from './refunds.ts';
import { FORGERIES, type Sql } from './tables.ts';

const Amount = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'has to be a whole number of the smallest unit, such as 1050')
  .transform(BigInt)
  .refine(amount => amount <= AMOUNT_MAX, `has to be at most ${AMOUNT_MAX}`);
const Id = z.string().max(64);

/** What the control page and `/sandbox/control.json` can ask for. */
export const Command = z.discriminatedUnion('command', [
  /** The payer confirms in the app, or refuses. */
  z.strictObject({ command: z.literal('APPROVE'), checkout: Id }),
  z.strictObject({ command: z.literal('REFUSE'), checkout: Id }),
  /** Takes the money, also of one that is over: a late success. `amount` where it is another one than was asked for. */
  z.strictObject({ command: z.literal('CHARGE'), checkout: Id, amount: Amount.optional() }),
  z.strictObject({ command: z.literal('EXPIRE'), checkout: Id }),
  /** The provider gives back by itself. */
  z.strictObject({ command: z.literal('REFUND'), checkout: Id, amount: Amount }),
  z.strictObject({ command: z.literal('SETTLE_REFUND'), refund: Id, as: z.enum(['SUCCEEDED', 'FAILED']) }),
  z.strictObject({ command: z.literal('DISPUTE'), checkout: Id, as: z.enum(DISPUTE_STATUSES) }),
  /** Sends a message that says that it was paid and has to be refused. */
  z.strictObject({ command: z.literal('FORGE'), checkout: Id, as: z.enum(FORGERIES) }),
  z.strictObject({ command: z.literal('SEND_AGAIN'), message: z.uuid() }),
  z.strictObject({ command: z.literal('RELEASE'), order: z.enum(['OLDEST_FIRST', 'NEWEST_FIRST']) }),
  /** What is not named stays as it is. */
  z.strictObject({ command: z.literal('MISBEHAVE'), how: z.partialRecord(z.string(), z.unknown()) }),
  /** Behind those that are waiting already. */
  z.strictObject({
    command: z.literal('FAULT'),
    call: z.enum(FAULTY_CALLS),
    kind: z.enum(FAULT_KINDS),
    times: z.int().min(1).max(1000).default(1),
  }),
  /** Behaves well again, faults included. What is held stays held. */
  z.strictObject({ command: z.literal('BEHAVE') }),
]);
export type Command = z.infer<typeof Command>;

/** A command that cannot be done, as a sentence. Thrown, so that nothing of it is done. */
export class CommandRefused extends Error {
  override readonly name = 'CommandRefused';
}

const NO_CHECKOUT = 'There is no such checkout.';

/** In a transaction. Throws CommandRefused where it cannot be done. */
export async function obey(db: Sql, command: Command, now: Date): Promise<void> {
  switch (command.command) {
    case 'APPROVE':
    case 'REFUSE': {
      const found = await locked(db, command.checkout);
      if (!isOpen(found)) throw new CommandRefused('The checkout is over: there is nothing to confirm any more.');
      await decide(db, found.id, command.command === 'APPROVE' ? 'PAY' : 'DECLINE', now);
      return;
    }
    case 'CHARGE':
      await charge(db, await locked(db, command.checkout), now, command.amount);
      return;
    case 'EXPIRE':
      await expire(db, await locked(db, command.checkout), now);
      return;
    case 'REFUND': {
      const { checkout: checkoutId, amount } = command;
      const { kind } = await refund(db, { checkoutId, amount, key: null, reason: null }, now);
      if (kind === 'NO_CHECKOUT') throw new CommandRefused(NO_CHECKOUT);
      if (kind === 'NOT_PAID') throw new CommandRefused('The checkout is not paid: there is nothing to give back.');
      if (kind === 'TOO_MUCH') throw new CommandRefused('There is not so much left of the payment to give back.');
      return;
    }
    case 'SETTLE_REFUND':
      if (!(await settleRefund(db, command.refund, command.as, now)))
        throw new CommandRefused('There is no such refund.');
      return;
    case 'DISPUTE':
      if (!(await dispute(db, await locked(db, command.checkout), command.as, now)))
        throw new CommandRefused('Only what was paid can be disputed, and only what is disputed can be won or lost.');
      return;
    case 'FORGE':
      return forge(db, await locked(db, command.checkout), command.as, now);
    case 'SEND_AGAIN':
      if (!(await sendAgain(db, command.message, now))) throw new CommandRefused('There is no such message.');
      return;
    case 'RELEASE':
      await release(db, command.order, now);
      return;
    case 'MISBEHAVE': {
      const wanted = Misbehaviour.safeParse({ ...(await lockMisbehaviour(db)), ...command.how });
      if (!wanted.success)
        throw new CommandRefused(
          wanted.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '),
        );
      return writeMisbehaviour(db, wanted.data);
    }
    case 'FAULT': {
      const { call, kind, times } = command;
      const misbehaviour = await lockMisbehaviour(db);
      const wanted = Misbehaviour.safeParse({
        ...misbehaviour,
        faults: [...misbehaviour.faults, { call, kind, times }],
      });
      if (!wanted.success) throw new CommandRefused('There are fifty faults waiting already.');
      return writeMisbehaviour(db, wanted.data);
    }
    case 'BEHAVE':
      return writeMisbehaviour(db, Misbehaviour.parse({}));
  }
}

async function locked(db: Sql, id: string) {
  const checkout = await lockCheckout(db, id);
  if (!checkout) throw new CommandRefused(NO_CHECKOUT);
  return checkout;
}
