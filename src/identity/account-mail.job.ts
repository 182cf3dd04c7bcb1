import { z } from 'zod';
import { forkFor } from '../change/transact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { defineJob } from '../platform/jobs/job.ts';
import type { Logger } from '../platform/logger.ts';
import { deliver } from '../platform/mail/deliver.ts';
import type { MailText } from '../platform/mail/layout.ts';
import type { Mailer } from '../platform/mail/mail.ts';
import { EmailLink, type EmailLinkKind } from './email-link.entity.ts';
import { tokenOf } from './email-link.service.ts';
import {
  emailChangedMail,
  emailVerificationMail,
  passwordChangedMail,
  passwordResetMail,
} from './mails/account-mails.ts';
import { User } from './user.entity.ts';

/** A link is named by its id, so that no token lies in a job. */
const AccountMail = z.discriminatedUnion('mail', [
  z.strictObject({ mail: z.literal('LINK'), linkId: z.uuid() }),
  z.strictObject({ mail: z.enum(['PASSWORD_CHANGED', 'EMAIL_CHANGED']), id: z.uuid(), to: z.string() }),
]);
export type AccountMail = z.infer<typeof AccountMail>;

/** Tried for about nine hours; what a link's mail still says then is looked at before each try. */
export const accountMail = defineJob({
  name: 'account-mail',
  data: AccountMail,
  retries: 16,
  retryDelaySeconds: 5,
  timeoutSeconds: 120,
  concurrency: 3,
});

export interface AccountMailOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mailer: Mailer;
  /** Those that make tokens of links. */
  readonly secrets: readonly string[];
  /** Where the front end is, without a slash at the end. */
  readonly appUrl: () => string;
}

/**
 * Sends the mail; a repeat sends it again under the same Message-ID. A link that is good no more is not sent. What was
 * refused for good is logged, and not tried again.
 */
export async function sendAccountMail(data: AccountMail, options: AccountMailOptions): Promise<void> {
  const mail = data.mail === 'LINK' ? await linkMail(data.linkId, options) : noticeMail(data, options.appUrl());
  if (mail) await deliver(mail, options);
}

async function linkMail(linkId: string, { database, clock, logger, secrets, appUrl }: AccountMailOptions) {
  const em = forkFor(database, null);
  // Nobody is signed in here: the job says which link.
  const link = await em.findOne(EmailLink, { id: linkId }, { filters: { owner: false } });
  const user = link && (await em.findOne(User, { id: link.user.id }, { filters: { owner: false } }));
  if (!link?.isOpen(clock()) || user?.email !== link.email) return null;
  const token = tokenOf(link, secrets);
  if (!token) {
    logger.warn({ linkId }, 'the secret that made a link is no longer set; its mail is not sent');
    return null;
  }
  const { path, write } = LINKS[link.kind];
  return { id: `${path}.${link.id}`, to: link.email, ...write(new URL(`${appUrl()}/${path}?token=${token}`)) };
}

const LINKS: Readonly<Record<EmailLinkKind, { path: string; write: (link: URL) => MailText }>> = {
  PASSWORD_RESET: { path: 'reset-password', write: passwordResetMail },
  EMAIL_VERIFICATION: { path: 'verify-email', write: emailVerificationMail },
};

const NOTICES = { PASSWORD_CHANGED: passwordChangedMail, EMAIL_CHANGED: emailChangedMail } as const;

const noticeMail = ({ mail, id, to }: Exclude<AccountMail, { mail: 'LINK' }>, appUrl: string) => ({
  id: `notice.${id}`,
  to,
  ...NOTICES[mail](appUrl),
});
