import { layOut, type MailText } from '../../platform/mail/layout.ts';

/**
 * What people are told by mail. Nothing in it was typed by anybody: a name in a mail to an address that is not verified
 * yet would let strangers send their own words to anyone.
 */
export const emailVerificationMail = (link: URL): MailText =>
  layOut({
    subject: 'Verify your email address',
    paragraphs: [
      'Open this link to confirm that this email address is yours:',
      link,
      'It works once, and for 24 hours.',
      'If you did not ask for it, somebody gave your address by mistake: you need not do anything.',
    ],
  });

export const passwordResetMail = (link: URL): MailText =>
  layOut({
    subject: 'Reset your password',
    paragraphs: [
      'Open this link to choose a new password:',
      link,
      'It works once, and for one hour.',
      'If you did not ask for it, you need not do anything: your password stays as it is.',
    ],
  });

export const passwordChangedMail = (appUrl: string): MailText =>
  layOut({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account was changed, and every other device was signed out.',
      'If that was not you, reset your password at once:',
      new URL(appUrl),
    ],
  });

/** To the address that the account had before. */
export const emailChangedMail = (appUrl: string): MailText =>
  layOut({
    subject: 'Your email address was changed',
    paragraphs: [
      'Your account has another email address now: this one no longer belongs to it.',
      'If that was not you, tell the people who run it:',
      new URL(appUrl),
    ],
  });
