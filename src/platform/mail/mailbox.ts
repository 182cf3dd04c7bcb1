import type { Clock } from '../clock.ts';
import type { Fellows } from '../processes/fellows.ts';
import type { Mail, Mailer } from './mail.ts';

export interface KeptMail extends Mail {
  readonly at: Date;
}

const KEPT_MAX = 200;
const TOPIC = 'mail';

/** Keeps the mails of a developer's server instead of sending them: the newest 200, until it stops. */
export class Mailbox implements Mailer {
  readonly #clock: Clock;
  readonly #fellows: Fellows;
  readonly #mails: KeptMail[] = [];

  constructor({ clock, fellows }: { clock: Clock; fellows: Fellows }) {
    this.#clock = clock;
    this.#fellows = fellows;
    fellows.hear(TOPIC, payload => {
      const mail = payload as Mail & { at: string };
      this.#keep({ ...mail, at: new Date(mail.at) });
    });
  }

  /** Newest first. */
  get mails(): readonly KeptMail[] {
    return this.#mails;
  }

  async send(mail: Mail): Promise<void> {
    const kept = { ...mail, at: this.#clock() };
    this.#keep(kept);
    // Whoever reads the mailbox may come to any of the processes.
    this.#fellows.tell(TOPIC, kept);
  }

  #keep(mail: KeptMail): void {
    this.#mails.unshift(mail);
    this.#mails.splice(KEPT_MAX);
  }

  close(): void {}
}
