import { createTransport } from 'nodemailer';
import { type Mail, type Mailer, MailRefusedError } from './mail.ts';

export interface SmtpOptions {
  /** `smtps://` is TLS from the start; `smtp://` uses STARTTLS where the server has it, and demands it with `?requireTLS=true`. */
  readonly url: string;
  /** What people see as the sender: `Duely <no-reply@example.com>`. */
  readonly from: string;
}

/** The jobs of one process send no more than that at once. */
const CONNECTIONS_MAX = 3;
const CONNECT_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
/** Of a server that says nothing for so long. */
const SILENCE_TIMEOUT_MS = 30_000;

/** Opens nothing: the first mail does. Connections are kept for the next ones. */
export function createSmtpMailer({ url, from }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS_MAX,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    // A mail is made of what it is given, never of files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>.*$/, '');
  return {
    async send({ to, subject, text, html, id }: Mail) {
      try {
        await transport.sendMail({
          from,
          // As an object, so that nothing in it is read as a second address or a header.
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          // RFC 3834: no answer of an absent person's program, please.
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        throw isRefusal(error) ? new MailRefusedError('The mail was refused for good.', { cause: error }) : error;
      }
    },
    close: () => transport.close(),
  };
}

/**
 * Replies of 500 and above to the recipient or the message are for good (RFC 5321, 4.2.1). To the log-in or the connection
 * they are the operator's to put right: the mail waits.
 */
function isRefusal(error: unknown): boolean {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && (typeof responseCode !== 'number' || responseCode >= 500);
}
