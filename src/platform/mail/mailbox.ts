import type { Clock } from '../clock.ts';
import type { Mail, Mailer } from './mail.ts';

export interface KeptMail extends Mail {
  readonly at: Date;
}

const KEPT_MAX = 200;

/** Keeps the mails of a developer's server instead of sending them: the newest 200, in this process alone. */
export class Mailbox implements Mailer {
  readonly #clock: Clock;
  readonly #mails: KeptMail[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Newest first. */
  get mails(): readonly KeptMail[] {
    return this.#mails;
  }

  async send(mail: Mail): Promise<void> {
    this.#mails.unshift({ ...mail, at: this.#clock() });
    this.#mails.splice(KEPT_MAX);
  }

  close(): void {}
}
