import { layOut, type MailText } from '../../platform/mail/layout.ts';

export interface Reminder {
  readonly title: string;
  readonly dueAt: Date | null;
  readonly timeZone: string;
  readonly now: Date;
  /** The todo in the front end. */
  readonly link: URL;
}

/** Goes to its owner alone: the title is theirs. */
export const reminderMail = ({ title, dueAt, timeZone, now, link }: Reminder): MailText =>
  layOut({
    // One line, whatever the title holds.
    subject: `Reminder: ${title.replace(/[\s\p{Cc}]+/gu, ' ').trim()}`,
    paragraphs: [
      'You asked to be reminded of this:',
      title,
      ...(dueAt ? [`It ${dueAt > now ? 'is' : 'was'} due on ${writeTime(dueAt, timeZone)}.`] : []),
      link,
    ],
  });

/** `Monday, 6 July 2026 at 09:00 (America/New_York, GMT-4)`: the offset tells the two hours apart that a clock shows twice. */
function writeTime(at: Date, timeZone: string): string {
  const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  const day = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
  const time = format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at);
  const offset = format({ timeZoneName: 'shortOffset' })
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return `${day} at ${time} (${timeZone === 'UTC' ? timeZone : `${timeZone}, ${offset}`})`;
}
