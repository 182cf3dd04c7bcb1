import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import type { Transact } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import { defineJob } from '../platform/jobs/job.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { hasEmail } from './account.service.ts';
import { accountMail } from './account-mail.job.ts';
import { EmailLink } from './email-link.entity.ts';
import { createEmailLink, EMAIL_LINK_TTL_MS } from './email-link.service.ts';
import type { SecurityLog } from './security-log.ts';
import { User } from './user.entity.ts';

const PasswordResetRequest = z.strictObject({
  /** Of the link that will be made, so that a repeat does not make a second one. */
  linkId: z.uuid(),
  email: z.string(),
  device: z.strictObject({ userAgent: z.string().nullable(), ipAddress: z.string().nullable() }),
  /** When it was asked for, in milliseconds since 1970. */
  at: z.number(),
});
export type PasswordResetRequest = z.infer<typeof PasswordResetRequest>;

/** Looks up whether there is such an account, away from the answer, which says nothing of it and takes no longer for it. */
export const passwordResetRequest = defineJob({
  name: 'password-reset-request',
  data: PasswordResetRequest,
  concurrency: 2,
});

export interface PasswordResetOptions {
  readonly transact: Transact;
  readonly jobs: Jobs;
  readonly security: SecurityLog;
  readonly clock: Clock;
  /** The first makes tokens of links. */
  readonly secrets: readonly [string, ...string[]];
}

/**
 * Sends a link to the account with this address. Not where it is locked; nor where it has neither a password nor a verified
 * address: it belongs to whoever signs in elsewhere, and the address is only what they said of themselves.
 */
export async function preparePasswordReset(
  { linkId, email, device, at }: PasswordResetRequest,
  { transact, jobs, security, clock, secrets }: PasswordResetOptions,
): Promise<void> {
  const now = clock();
  // Asked for so long ago that the person has given up: a link that comes now would only frighten.
  if (now.getTime() - at > EMAIL_LINK_TTL_MS.PASSWORD_RESET) return;
  await transact(null, async em => {
    // Nobody is signed in: the address is all that is known.
    const user = await em.findOne(User, hasEmail(email), {
      filters: { owner: false },
      populate: ['passwordHash'],
      lockMode: LockMode.PESSIMISTIC_WRITE,
    });
    if (!user?.isActive || (!user.passwordHash && !user.emailVerifiedAt)) return;
    if (await em.findOne(EmailLink, { id: linkId }, { filters: { owner: false } })) return;
    await createEmailLink(em, user, { kind: 'PASSWORD_RESET', secret: secrets[0], now, id: linkId });
    await security.record(em, { kind: 'PASSWORD_RESET_REQUESTED', userId: user.id, device });
    await jobs.enqueue(em, accountMail, { mail: 'LINK', linkId });
  });
}
