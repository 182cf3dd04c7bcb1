import { describe, expect, test } from 'vitest';
import { type Mail, MailRefusedError } from '../../src/platform/mail/mail.ts';
import { createSmtpMailer } from '../../src/platform/mail/smtp.ts';
import { readJobs } from '../support/jobs.ts';
import { hurryJobs, startMailApp, startMailServer, VERIFY } from '../support/smtp.ts';
import { until } from '../support/wait.ts';

const FROM = 'Duely <no-reply@example.com>';
const MAIL: Mail = {
  to: 'ada@example.com',
  subject: 'Grüße',
  text: 'Hello,\n\nthis is a line.\n',
  html: '<p>Hello, this is a line: ü.</p>',
  id: 'notice.1',
};

describe('a mail by SMTP', () => {
  test('arrives as text and as HTML, from the sender that is set, under the id that it was given', async () => {
    await using server = await startMailServer();
    const mailer = createSmtpMailer({ url: server.url, from: FROM });

    await mailer.send(MAIL);
    await mailer.send(MAIL);
    mailer.close();

    const [first, second] = server.mails;
    expect(first).toMatchObject({ to: [MAIL.to], subject: MAIL.subject, messageId: '<notice.1@example.com>' });
    expect(first?.text.trimEnd()).toBe(MAIL.text.trimEnd());
    expect(first?.html).toContain(MAIL.html);
    expect(first?.headers.get('from')).toBe(FROM);
    expect(first?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(second?.messageId).toBe(first?.messageId);
  });

  test.for([
    ['to', 'ada@example.com\r\nBcc: eve@example.com'],
    ['to', 'ada@example.com, eve@example.com'],
    ['subject', 'Hello\r\nBcc: eve@example.com'],
    ['id', 'x@example.com>\r\nBcc: eve@example.com'],
  ] as const)(
    'whose %s is "%s" reaches nobody but the one address, and has no header of its own',
    async ([field, value]) => {
      await using server = await startMailServer();
      const mailer = createSmtpMailer({ url: server.url, from: FROM });

      await mailer.send({ ...MAIL, [field]: value }).catch(() => {});
      mailer.close();

      expect(server.mails.flatMap(({ to }) => to)).not.toContain('eve@example.com');
      expect(server.mails.filter(({ headers }) => headers.has('bcc'))).toEqual([]);
    },
  );

  test('that is refused for good throws MailRefusedError, and one that is refused for now throws something else', async () => {
    await using server = await startMailServer();
    const mailer = createSmtpMailer({ url: server.url, from: FROM });
    const outcome = (code: number) => {
      server.answerWith(code);
      return mailer.send(MAIL).then(
        () => null,
        (error: unknown) => error instanceof MailRefusedError,
      );
    };

    const outcomes = [await outcome(450), await outcome(550), await outcome(451), await outcome(553)];
    mailer.close();

    expect(outcomes).toEqual([false, true, false, true]);
    expect(server.mails).toEqual([]);
  });

  test('is not sent in the clear where the address demands TLS and the server has none', async () => {
    await using server = await startMailServer();
    const mailer = createSmtpMailer({ url: `${server.url}?requireTLS=true`, from: FROM });

    const error = await mailer.send(MAIL).catch((thrown: unknown) => thrown);
    mailer.close();

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefusedError);
    expect(server.mails).toEqual([]);
  });

  test('where there is no server throws something that is worth another try', async () => {
    const mailer = createSmtpMailer({ url: 'smtp://127.0.0.1:1', from: FROM });

    const error = await mailer.send(MAIL).catch((thrown: unknown) => thrown);
    mailer.close();

    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(MailRefusedError);
  });
});

describe('a mail that follows from a mutation', () => {
  test('waits while the server for mail is away, and arrives once when it is back', async () => {
    await using app = await startMailApp();
    await app.server.stop();
    const ada = await app.createUser();
    await until('it was tried', async () => (await readJobs(app.database, 'account-mail'))[0]?.state === 'retry');

    await app.server.start();
    await hurryJobs(app, 'account-mail');
    await app.mailsTo(ada.email, VERIFY);
    await until('it is done', async () => (await readJobs(app.database, 'account-mail'))[0]?.state === 'completed');

    expect(app.server.mails.map(({ to, subject }) => [to, subject])).toEqual([[[ada.email], VERIFY]]);
  });

  test('is tried again after a 4xx, under the same Message-ID, and never after a 5xx', async () => {
    await using app = await startMailApp();
    app.server.answerWith(450);
    const ada = await app.createUser();
    await until('it was tried', async () => (await readJobs(app.database, 'account-mail'))[0]?.state === 'retry');
    app.server.answerWith(null);
    await hurryJobs(app, 'account-mail');
    const [mail] = await app.mailsTo(ada.email, VERIFY);
    const [link] = await app.database.query<{ id: string }>('select id from email_links');

    app.server.answerWith(550);
    const eve = await app.createUser();
    await until('both are done', async () =>
      (await readJobs(app.database, 'account-mail')).every(({ state }) => state === 'completed'),
    );

    expect(mail?.messageId).toBe(`<verify-email.${link?.id}@example.com>`);
    expect(app.server.attempts).toBe(3);
    expect(app.server.mails.flatMap(({ to }) => to)).not.toContain(eve.email);
  });

  test('is not sent any more where its link has expired meanwhile', async () => {
    await using app = await startMailApp();
    await app.server.stop();
    await app.createUser();
    await until('it was tried', async () => (await readJobs(app.database, 'account-mail'))[0]?.state === 'retry');

    app.advance(25 * 3_600_000);
    await app.server.start();
    await hurryJobs(app, 'account-mail');
    await until('it is done', async () => (await readJobs(app.database, 'account-mail'))[0]?.state === 'completed');

    expect(app.server.mails).toEqual([]);
  });

  test('is not sent to an address that cannot exist', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    await app.mailsTo(ada.email, VERIFY);

    await app.execute('mutation { updateMe(input: { email: "ada@external.invalid" }) { user { id } } }', {}, ada);
    await app.mailsTo(ada.email, 'Your email address was changed');
    await until('all are done', async () =>
      (await readJobs(app.database, 'account-mail')).every(({ state }) => state === 'completed'),
    );

    expect(app.server.mails.map(({ to }) => to)).toEqual([[ada.email], [ada.email]]);
  });

  test('is sent nowhere where the mutation was refused', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();

    await app.execute(
      `mutation { signUp(input: { email: "${ada.email}", username: "another", password: "Correct horse 7" }) { userErrors { code } } }`,
    );

    expect(await readJobs(app.database, 'account-mail')).toHaveLength(1);
  });
});
