import type { Logger } from '../logger.ts';
import { type Mail, type Mailer, MailRefusedError } from './mail.ts';

/**
 * What a job sends its mail by. What was refused for good is logged, and not tried again; what failed otherwise throws, so
 * that the job is tried again. Nothing is sent to an address of an account that brought none.
 */
export async function deliver(mail: Mail, { mailer, logger }: { mailer: Mailer; logger: Logger }): Promise<void> {
  // Of an account from elsewhere: there is no such host, for good (RFC 2606).
  if (mail.to.endsWith('.invalid')) return;
  try {
    await mailer.send(mail);
  } catch (error) {
    if (!(error instanceof MailRefusedError)) throw error;
    logger.warn({ err: error, mailId: mail.id }, 'a mail was refused for good; it is not tried again');
  }
}
