import type { EntityManager } from '../platform/database.ts';
import { newId } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import { readTimeZone } from '../platform/time-zone.ts';
import { checkNotTaken } from './account.service.ts';
import { checkAccount, normalizeEmail } from './account.validation.ts';
import { accountMail } from './account-mail.job.ts';
import { createEmailLink, endEmailLinks } from './email-link.service.ts';
import type { SessionSettings } from './session.service.ts';
import type { User } from './user.entity.ts';

/** What is left out stays; null clears a full name, and is nothing that the others can be. */
export interface ProfileEdit {
  readonly email?: string | null | undefined;
  readonly username?: string | null | undefined;
  readonly fullName?: string | null | undefined;
  readonly timeZone?: string | null | undefined;
}

/** What mails with links need. */
export interface AccountMailing {
  readonly jobs: Jobs;
  /** Their secrets make the links' tokens too. */
  readonly sessions: SessionSettings;
}

/**
 * Changes the account, whose row has to be locked. Throws INVALID and TAKEN with every fault at once. A new email address
 * is not verified, and is sent a link to do so; the old one is told; links that went to it are good no more. Answers
 * whether the address is another one now.
 */
export async function editProfile(
  em: EntityManager,
  user: User,
  edit: ProfileEdit,
  now: Date,
  mailing: AccountMailing,
): Promise<boolean> {
  const email = typeof edit.email === 'string' ? normalizeEmail(edit.email) : edit.email;
  const fullName = edit.fullName?.trim() ?? edit.fullName;
  checkAccount({ email, username: edit.username, fullName, timeZone: edit.timeZone });
  const oldEmail = user.email;
  const names = { email: email ?? oldEmail, username: edit.username ?? user.username };
  await checkNotTaken(em, { id: user.id, ...names });

  user.username = names.username;
  if (fullName !== undefined) user.fullName = fullName;
  user.timeZone = readTimeZone(edit.timeZone ?? '') ?? user.timeZone;
  if (names.email === oldEmail) return false;
  user.email = names.email;
  user.emailVerifiedAt = null;
  await endEmailLinks(em, user, ['PASSWORD_RESET', 'EMAIL_VERIFICATION'], now);
  await mailing.jobs.enqueue(em, accountMail, { mail: 'EMAIL_CHANGED', id: newId(), to: oldEmail });
  await sendVerification(em, user, now, mailing);
  return true;
}

/** A link to verify the account's present address goes there; older ones are good no more. */
export async function sendVerification(
  em: EntityManager,
  user: User,
  now: Date,
  { jobs, sessions }: AccountMailing,
): Promise<void> {
  const link = await createEmailLink(em, user, { kind: 'EMAIL_VERIFICATION', secret: sessions.secrets[0], now });
  await jobs.enqueue(em, accountMail, { mail: 'LINK', linkId: link.id });
}
