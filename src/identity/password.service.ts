import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { verifyPassword } from '../platform/passwords.ts';
import { accountMail } from './account-mail.job.ts';
import { endEmailLinks } from './email-link.service.ts';
import { User } from './user.entity.ts';

/** A password that was compared outside of a transaction: with which hash, and whether it was the right one. */
export interface ComparedPassword {
  readonly matches: boolean;
  readonly passwordHash: string | null;
}

/** Compares what the viewer typed with their password: slow, so outside of any transaction. */
export async function comparePassword(em: EntityManager, userId: string, password: string): Promise<ComparedPassword> {
  const user = await em.findOne(User, { id: userId }, { populate: ['passwordHash'], disableIdentityMap: true });
  const passwordHash = user?.passwordHash ?? null;
  return { matches: await verifyPassword(passwordHash, password), passwordHash };
}

/**
 * Throws where it was not the right one, or is no longer. Here and not where it was compared, so that a repeat with the
 * same idempotency key gets the first outcome, whatever the password is by then. The account has to be locked.
 */
export function requirePassword(user: User, { matches, passwordHash }: ComparedPassword, field: string): void {
  if (!matches) throw new UserInputError('WRONG_CREDENTIALS', ['input', field], 'This is not your password.');
  if (user.passwordHash !== passwordHash)
    throw new UserInputError('CONFLICT', [], 'Your password was changed at the same moment: try again.');
}

/** Links to reset the password before are good no more, and the person is told by mail. */
export async function setPassword(
  em: EntityManager,
  user: User,
  passwordHash: string,
  now: Date,
  jobs: Jobs,
): Promise<void> {
  user.passwordHash = passwordHash;
  await endEmailLinks(em, user, ['PASSWORD_RESET'], now);
  await jobs.enqueue(em, accountMail, { mail: 'PASSWORD_CHANGED', id: newId(), to: user.email });
}

/**
 * Keeps another hash of the same password in place of the one that was compared, unless the password was changed since.
 * Links to reset it stay good. Answers with the account, locked.
 */
export async function replaceHash(em: EntityManager, compared: User, newHash: string): Promise<User> {
  // Nobody is signed in yet: the password was right.
  const user = await em.findOneOrFail(
    User,
    { id: compared.id },
    { filters: { owner: false }, populate: ['passwordHash'], lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (user.passwordHash === compared.passwordHash) user.passwordHash = newHash;
  return user;
}
