import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { startApp, type TestApp } from './app.ts';
import { until } from './wait.ts';

export interface ReceivedMail {
  /** Whom the envelope names. */
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
}

/** A real server for mail, which keeps what it is given. */
export interface MailServer extends AsyncDisposable {
  readonly url: string;
  /** In the order in which they came. */
  readonly mails: readonly ReceivedMail[];
  /** Answers each recipient by this code until it is told another one; null takes every mail. */
  answerWith(code: number | null): void;
  /** How often a mail was offered to a recipient, taken or not. */
  readonly attempts: number;
  /** Nobody can connect any more, and who was connected is no longer. */
  stop(): Promise<void>;
  /** At the same address again. */
  start(): Promise<void>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let code: number | null = null;
  let attempts = 0;
  const open = () =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      closeTimeout: 1,
      onRcptTo(_address, _session, callback) {
        attempts += 1;
        callback(code === null ? null : Object.assign(new Error('No.'), { responseCode: code }));
      },
      onData(stream, session, callback) {
        receive(
          stream,
          session.envelope.rcptTo.map(({ address }) => address),
        ).then(
          mail => {
            mails.push(mail);
            callback();
          },
          (error: Error) => callback(error),
        );
      },
    });
  let server = open();
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    return (server.server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const stop = () => new Promise<void>(resolve => server.close(() => resolve()));

  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    answerWith(given) {
      code = given;
    },
    get attempts() {
      return attempts;
    },
    stop,
    async start() {
      server = open();
      await listen(port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function receive(stream: AsyncIterable<Buffer>, to: readonly string[]): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const mail = await PostalMime.parse(Buffer.concat(chunks));
  return {
    to,
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    messageId: mail.messageId ?? '',
  };
}

export interface MailApp extends TestApp {
  readonly server: MailServer;
  /** The mails to this address with this subject, as soon as there are so many. */
  mailsTo(address: string, subject: string, count?: number): Promise<readonly ReceivedMail[]>;
  /** The token in the link of the newest such mail. */
  tokenTo(address: string, subject: string, count?: number): Promise<string>;
}

export const FRONT_END = 'https://app.example.com';
export const VERIFY = 'Verify your email address';
export const RESET = 'Reset your password';

/** A server that does its jobs and sends its mails, to a real server for mail. */
export async function startMailApp(settings: Record<string, string> = {}): Promise<MailApp> {
  const server = await startMailServer();
  const app = await startApp({
    settings: {
      WORKER: 'on',
      SMTP_URL: server.url,
      MAIL_FROM: 'Duely <no-reply@example.com>',
      APP_URL: FRONT_END,
      ...settings,
    },
  });
  const mailsTo: MailApp['mailsTo'] = async (address, subject, count = 1) => {
    const found = () => server.mails.filter(mail => mail.to.includes(address) && mail.subject === subject);
    await until(`${count} mails "${subject}" come to ${address}`, () => found().length >= count);
    return found();
  };
  return {
    ...app,
    server,
    mailsTo,
    async tokenTo(address, subject, count) {
      const mail = (await mailsTo(address, subject, count)).at(-1);
      const link = /https?:\S+/.exec(mail?.text ?? '')?.[0] ?? '';
      return new URL(link).searchParams.get('token') ?? '';
    },
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** The job that failed is due now: nobody waits for its pause. */
export const hurryJobs = ({ database }: TestApp, name: string): Promise<unknown> =>
  database.query(`update pgboss.job set start_after = now() where name = $1 and state in ('retry', 'created')`, [name]);
