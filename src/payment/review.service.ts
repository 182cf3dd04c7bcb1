import type { Viewer } from '../identity/viewer.ts';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { applyToLedger } from './apply-facts.ts';
import { type Applying, readFacts } from './ledger.ts';
import { lockPayment } from './locked-payment.ts';
import type { Payment } from './payment.entity.ts';
import type { ResolutionFact, ReviewFlag } from './state/fact.ts';

/** An admin looked at a flag: the payment counts after all, or it does not. What was said last holds; repeated, it changes nothing. */
export async function resolveReview(
  em: EntityManager,
  admin: Viewer,
  { paymentId, flag, accept }: { paymentId: string; flag: ReviewFlag; accept: boolean },
  by: Applying,
): Promise<Payment> {
  const { ledger, payment } = await lockPayment(em, paymentId, ['input', 'paymentId']);
  const said = await lastResolution(em, payment, flag);
  if (said?.accept === accept) return payment;
  if (!said && !payment.reviewFlags.includes(flag))
    throw new UserInputError('NOT_ALLOWED', ['input', 'flag'], `The flag ${flag} is not raised.`);
  const fact = {
    kind: 'RESOLUTION',
    type: 'review.resolved',
    flag,
    accept,
    byUserId: admin.userId,
    at: by.now,
  } as const;
  await applyToLedger(em, ledger, payment.id, { facts: [fact], source: 'OPERATOR' }, by);
  return payment;
}

async function lastResolution(em: EntityManager, { id }: Payment, flag: ReviewFlag): Promise<ResolutionFact | null> {
  const facts = (await readFacts(em, [id])).get(id) ?? [];
  return facts.reduce<ResolutionFact | null>(
    (last, { fact }) =>
      fact.kind === 'RESOLUTION' && fact.flag === flag && (!last || fact.at >= last.at) ? fact : last,
    null,
  );
}
