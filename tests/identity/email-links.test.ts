import { describe, expect, test } from 'vitest';
import { PASSWORD, type Person, startApp } from '../support/app.ts';
import { FRONT_END, type MailApp, RESET, startMailApp, VERIFY } from '../support/smtp.ts';

const NEW_PASSWORD = 'Another horse 8';
const HOUR_MS = 3_600_000;

const VERIFY_EMAIL = `mutation ($token: String!) {
  verifyEmail(input: { token: $token }) { user { id emailVerifiedAt } userErrors { code path message } }
}`;
const RESET_PASSWORD = `mutation ($token: String!, $password: String!) {
  resetPassword(input: { token: $token, newPassword: $password }) {
    accessToken refreshToken user { id emailVerifiedAt } userErrors { code path message }
  }
}`;
const REQUEST_RESET = `mutation ($email: EmailAddress!) {
  requestPasswordReset(input: { email: $email }) { userErrors { code path message } }
}`;
const REQUEST_VERIFICATION = 'mutation { requestEmailVerification { userErrors { code path } } }';
const UPDATE_ME = `mutation ($input: UpdateMeInput!) {
  updateMe(input: $input) { user { email emailVerifiedAt } userErrors { code path } }
}`;
const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';

const EXPIRED = [{ code: 'EXPIRED', path: ['input', 'token'], message: expect.stringContaining('ask for a new one') }];

const verify = async (app: MailApp, token: string, as: Person | null = null) =>
  (await app.execute(VERIFY_EMAIL, { token }, as)).data.verifyEmail;
const reset = async (app: MailApp, token: string, password = NEW_PASSWORD) =>
  (await app.execute(RESET_PASSWORD, { token, password })).data.resetPassword;
const requestReset = (app: MailApp, email: string) => app.execute(REQUEST_RESET, { email });
const canLogIn = async (app: MailApp, { username }: Person, password: string) =>
  (await app.execute(LOG_IN, { input: { login: username, password } })).data.logIn.accessToken !== null;
const isVerified = async (app: MailApp, person: Person) =>
  (await app.execute('{ me { emailVerifiedAt } }', {}, person)).data.me.emailVerifiedAt !== null;
const kindsOf = async (app: MailApp) => {
  const rows = await app.database.query<{ kind: string }>('select kind from security_events order by at, id');
  return rows.map(({ kind }) => kind);
};

describe('the link that signUp sends', () => {
  test('verifies the address once, and shows the person to nobody but themselves', async () => {
    await using app = await startMailApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const [mail] = await app.mailsTo(ada.email, VERIFY);
    const token = await app.tokenTo(ada.email, VERIFY);
    expect(await isVerified(app, ada)).toBe(false);

    const first = await verify(app, token);
    const again = await verify(app, token, ada);
    const own = await verify(app, await app.tokenTo(eve.email, VERIFY), eve);

    expect(mail?.text).toContain(`${FRONT_END}/verify-email?token=${token}\n`);
    expect(mail?.html).toContain(`<a href="${FRONT_END}/verify-email?token=${token}">`);
    expect(first).toEqual({ user: null, userErrors: [] });
    expect(again).toEqual({ user: null, userErrors: EXPIRED });
    expect(own).toEqual({ user: { id: eve.id, emailVerifiedAt: expect.any(String) }, userErrors: [] });
    expect(await isVerified(app, ada)).toBe(true);
    expect(await kindsOf(app)).toEqual(expect.arrayContaining(['EMAIL_VERIFIED', 'EMAIL_VERIFIED']));
  });

  test('is EXPIRED after 24 hours, and just before then it is good', async () => {
    await using app = await startMailApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const tokens = [await app.tokenTo(ada.email, VERIFY), await app.tokenTo(eve.email, VERIFY)];

    app.advance(24 * HOUR_MS - 60_000);
    const before = await verify(app, tokens[0] ?? '');
    app.advance(60_000);
    const after = await verify(app, tokens[1] ?? '');

    expect(before.userErrors).toEqual([]);
    expect(after.userErrors).toEqual(EXPIRED);
  });

  test('is EXPIRED as soon as a newer one was sent, which is good', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    const older = await app.tokenTo(ada.email, VERIFY);
    const asked = await app.execute(REQUEST_VERIFICATION, {}, ada);
    const newer = await app.tokenTo(ada.email, VERIFY, 2);

    const [first, second] = [await verify(app, older), await verify(app, newer)];

    expect(asked.data.requestEmailVerification.userErrors).toEqual([]);
    expect(first.userErrors).toEqual(EXPIRED);
    expect(second.userErrors).toEqual([]);
    const third = await app.execute(REQUEST_VERIFICATION, {}, ada);
    expect(third.data.requestEmailVerification.userErrors).toEqual([{ code: 'NOT_ALLOWED', path: [] }]);
  });

  test('is EXPIRED where the account has another address now, also when it comes back to the first', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    const older = await app.tokenTo(ada.email, VERIFY);

    const changed = await app.execute(UPDATE_ME, { input: { email: 'ada@new.example' } }, ada);
    const toNew = await app.tokenTo('ada@new.example', VERIFY);
    const meanwhile = await verify(app, older);
    await app.execute(UPDATE_ME, { input: { email: ada.email } }, ada);
    const back = [await verify(app, older), await verify(app, toNew)];

    expect(changed.data.updateMe).toEqual({
      user: { email: 'ada@new.example', emailVerifiedAt: null },
      userErrors: [],
    });
    for (const { userErrors } of [meanwhile, ...back]) expect(userErrors).toEqual(EXPIRED);
    expect(await app.mailsTo(ada.email, 'Your email address was changed')).toHaveLength(1);
  });

  test('is EXPIRED where the address was changed past the server', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    const token = await app.tokenTo(ada.email, VERIFY);
    await app.database.query(`update users set email = 'ada@new.example'`);

    expect((await verify(app, token)).userErrors).toEqual(EXPIRED);
    expect(await isVerified(app, ada)).toBe(false);
  });

  test('used by twenty at once verifies for one of them', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    const token = await app.tokenTo(ada.email, VERIFY);

    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(app, token)));

    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
  });

  test('is EXPIRED where its token was changed, is of the other kind, or is none', async () => {
    await using app = await startMailApp();
    const [ada, eve] = [await app.createUser(), await app.createUser()];
    const token = await app.tokenTo(ada.email, VERIFY);
    const other = await app.tokenTo(eve.email, VERIFY);
    await requestReset(app, ada.email);
    const resetToken = await app.tokenTo(ada.email, RESET);
    const [head = '', id = '', key = ''] = token.split('.');
    const tokens = [
      '',
      'anything',
      id,
      `${head}.${id}.`,
      `${head}.${other.split('.')[1]}.${key}`,
      resetToken,
      ` ${token}`,
    ];

    const answers = await Promise.all(tokens.map(one => verify(app, one)));
    const resets = [await reset(app, token), await reset(app, '')];

    for (const { userErrors } of [...answers, ...resets]) expect(userErrors).toEqual(EXPIRED);
    expect((await verify(app, token)).userErrors).toEqual([]);
  });
});

describe('the link that requestPasswordReset sends', () => {
  test('sets the password once, ends every session, signs in and verifies the address', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    const onPhone = await app.logInAgain(ada);
    const asked = await requestReset(app, ada.email.toUpperCase());
    const [mail] = await app.mailsTo(ada.email, RESET);
    const token = await app.tokenTo(ada.email, RESET);

    const done = await reset(app, token);
    const again = await reset(app, token, 'Third horse 99');

    expect(asked.data.requestPasswordReset.userErrors).toEqual([]);
    expect(mail?.text).toContain(`${FRONT_END}/reset-password?token=${token}\n`);
    expect(done).toMatchObject({ user: { id: ada.id, emailVerifiedAt: expect.any(String) }, userErrors: [] });
    expect(again).toMatchObject({ accessToken: null, refreshToken: null, user: null, userErrors: EXPIRED });
    const me = (person: { accessToken: string }) => app.execute('{ me { id } }', {}, person);
    expect((await me(done)).data).toEqual({ me: { id: ada.id } });
    for (const old of [ada, onPhone])
      expect((await me(old)).errors).toMatchObject([{ extensions: { reason: 'REVOKED' } }]);
    expect([await canLogIn(app, ada, PASSWORD), await canLogIn(app, ada, NEW_PASSWORD)]).toEqual([false, true]);
    expect(await app.mailsTo(ada.email, 'Your password was changed')).toHaveLength(1);
    expect(await kindsOf(app)).toEqual(expect.arrayContaining(['PASSWORD_RESET_REQUESTED', 'PASSWORD_RESET']));
  });

  test('is EXPIRED after an hour', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    await requestReset(app, ada.email);
    const token = await app.tokenTo(ada.email, RESET);

    app.advance(HOUR_MS);

    expect((await reset(app, token)).userErrors).toEqual(EXPIRED);
    expect(await canLogIn(app, ada, PASSWORD)).toBe(true);
  });

  test('is EXPIRED once a newer one was sent, and once the password or the address was changed', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    await requestReset(app, ada.email);
    const first = await app.tokenTo(ada.email, RESET);
    await requestReset(app, ada.email);
    const second = await app.tokenTo(ada.email, RESET, 2);

    const superseded = await reset(app, first);
    await app.execute(
      `mutation { changePassword(input: { currentPassword: "${PASSWORD}", newPassword: "${NEW_PASSWORD}" }) { userErrors { code } } }`,
      {},
      ada,
    );
    const afterChange = await reset(app, second, 'Third horse 99');
    await requestReset(app, ada.email);
    const third = await app.tokenTo(ada.email, RESET, 3);
    await app.execute(UPDATE_ME, { input: { email: 'ada@new.example' } }, ada);
    const afterMove = await reset(app, third, 'Third horse 99');

    for (const { userErrors } of [superseded, afterChange, afterMove]) expect(userErrors).toEqual(EXPIRED);
    expect(await canLogIn(app, ada, NEW_PASSWORD)).toBe(true);
  });

  test('with a password that cannot be one answers INVALID and stays good', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    await requestReset(app, ada.email);
    const token = await app.tokenTo(ada.email, RESET);

    const refused = [await reset(app, token, 'short'), await reset(app, token, 'Password1')];

    for (const { userErrors } of refused)
      expect(userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'newPassword'] }]);
    expect((await reset(app, token)).userErrors).toEqual([]);
  });

  test('is not for an account that is locked or closed meanwhile', async () => {
    await using app = await startMailApp();
    const [locked, closed] = [await app.createUser(), await app.createUser()];
    for (const { email } of [locked, closed]) await requestReset(app, email);
    const tokens = [await app.tokenTo(locked.email, RESET), await app.tokenTo(closed.email, RESET)];
    await app.database.query('update users set is_active = false where username = $1', [locked.username]);
    await app.database.query('update users set deleted_at = now() where username = $1', [closed.username]);

    const answers = [await reset(app, tokens[0] ?? ''), await reset(app, tokens[1] ?? '')];

    expect(answers.map(({ userErrors }) => userErrors[0].code)).toEqual(['NOT_ALLOWED', 'EXPIRED']);
    expect(answers.map(({ accessToken }) => accessToken)).toEqual([null, null]);
  });

  test('used by ten at once resets for one of them', async () => {
    await using app = await startMailApp();
    const ada = await app.createUser();
    await requestReset(app, ada.email);
    const token = await app.tokenTo(ada.email, RESET);

    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => reset(app, token, `Horse number ${n}`)));

    expect(answers.filter(({ userErrors }) => userErrors.length === 0)).toHaveLength(1);
  });
});

describe('requestPasswordReset', () => {
  test('answers alike for an account, for none, for a locked and for a closed one, and sends to the first alone', async () => {
    await using app = await startMailApp();
    const [ada, locked, closed] = [await app.createUser(), await app.createUser(), await app.createUser()];
    await app.database.query('update users set is_active = false where username = $1', [locked.username]);
    await app.database.query('update users set deleted_at = now() where username = $1', [closed.username]);

    const emails = ['nobody@example.com', locked.email, closed.email, ada.email];
    const answers = [];
    for (const email of emails) answers.push(await requestReset(app, email));
    await app.mailsTo(ada.email, RESET);

    const alike = answers.map(({ status, data, errors }) => ({ status, data, errors }));
    expect(alike).toEqual(
      emails.map(() => ({ status: 200, data: { requestPasswordReset: { userErrors: [] } }, errors: [] })),
    );
    expect(app.server.mails.filter(({ subject }) => subject === RESET).flatMap(({ to }) => to)).toEqual([ada.email]);
    const links = await app.database.query(`select id from email_links where kind = 'PASSWORD_RESET'`);
    expect(links).toHaveLength(1);
  });

  test('looks nothing up before it answers: what it does is the same for an account and for none', async () => {
    await using app = await startApp();
    const ada = await app.createUser();

    for (const email of [ada.email, 'nobody@example.com']) await app.execute(REQUEST_RESET, { email });

    const jobs = await app.database.query<{ data: { email: string } }>(
      `select data from pgboss.job where name = 'password-reset-request' order by created_on`,
    );
    expect(jobs.map(({ data }) => data.email)).toEqual([ada.email, 'nobody@example.com']);
    expect(await app.database.query(`select id from email_links where kind = 'PASSWORD_RESET'`)).toEqual([]);
  });

  test('with what is no address answers INVALID', async () => {
    await using app = await startApp();

    const { data } = await app.execute(REQUEST_RESET, { email: 'ada@example.com\r\nBcc: eve@example.com' });

    expect(data.requestPasswordReset.userErrors).toMatchObject([{ code: 'INVALID', path: ['input', 'email'] }]);
  });
});

test('neither the tokens of links nor what they are made of with the secret lie in the database', async () => {
  await using app = await startMailApp();
  const ada = await app.createUser();
  await requestReset(app, ada.email);
  const tokens = [await app.tokenTo(ada.email, VERIFY), await app.tokenTo(ada.email, RESET)];

  const rows = [
    ...(await app.database.query('select * from email_links')),
    ...(await app.database.query('select data, output from pgboss.job')),
  ];

  expect(rows.length).toBeGreaterThan(3);
  for (const token of tokens) expect(JSON.stringify(rows)).not.toContain(token.split('.')[2]);
});
