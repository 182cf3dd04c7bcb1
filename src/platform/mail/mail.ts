/** A mail to one person. */
export interface Mail {
  /** A bare address, as it was checked when the person gave it. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Made the same for each try at sending the same mail, so that whoever gets it twice can tell. */
  readonly id: string;
}

/** How mails leave the server. */
export interface Mailer {
  /**
   * Resolves when the mail was taken over. Throws MailRefusedError where it never will be, and anything else where it may
   * be later: the same mail may then be sent again.
   */
  send(mail: Mail): Promise<void>;
  close(): void;
}

/** The server for mail said no to this mail for good: there is no such mailbox, for one. */
export class MailRefusedError extends Error {
  override readonly name = 'MailRefusedError';
}

/** Of a server that is told to send none. */
export const noMailer: Mailer = { send: async () => {}, close: () => {} };
