import { expect, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';

const UPDATE_ME = `mutation ($input: UpdateMeInput!) {
  updateMe(input: $input) { user { timeZone } userErrors { code path message } }
}`;
const SIGN_UP = `mutation ($input: SignUpInput!) {
  signUp(input: $input) { user { timeZone } userErrors { code path } }
}`;

const setZone = async (app: TestApp, as: Person, timeZone: unknown) =>
  (await app.execute(UPDATE_ME, { input: { timeZone } }, as)).data.updateMe;
const signUp = async (app: TestApp, username: string, timeZone?: unknown) => {
  const input = { email: `${username}@example.com`, username, password: PASSWORD, timeZone };
  return (await app.execute(SIGN_UP, { input })).data.signUp;
};
const zoneOf = async (app: TestApp, as: Person) => (await app.execute('{ me { timeZone } }', {}, as)).data.me.timeZone;

test.each([
  ['Europe/Berlin', 'Europe/Berlin'],
  ['asia/KARACHI', 'Asia/Karachi'],
  ['asia/kolkata', 'Asia/Kolkata'],
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['utc', 'UTC'],
])('updateMe with the time zone %s keeps it as %s', async (given, kept) => {
  await using app = await startApp();
  const ada = await app.createUser();
  const before = await zoneOf(app, ada);

  const answer = await setZone(app, ada, given);

  expect(before).toBe('UTC');
  expect(answer).toEqual({ user: { timeZone: kept }, userErrors: [] });
  expect(await zoneOf(app, ada)).toBe(kept);
});

test.each([
  null,
  '',
  'Mars/Phobos',
  '+05:00',
  'UTC+5',
  ' Europe/Berlin',
  '2026-01-01T00:00Z[Europe/Berlin]',
  'A'.repeat(65),
])('updateMe with the time zone %j is INVALID, says what one looks like, and changes nothing', async given => {
  await using app = await startApp();
  const ada = await app.createUser();
  await setZone(app, ada, 'Europe/Berlin');

  const answer = await setZone(app, ada, given);

  expect(answer).toEqual({
    user: null,
    userErrors: [
      { code: 'INVALID', path: ['input', 'timeZone'], message: expect.stringContaining('such as Europe/Berlin') },
    ],
  });
  expect(await zoneOf(app, ada)).toBe('Europe/Berlin');
});

test('signUp takes a time zone, is UTC without one, and INVALID where there is no such zone', async () => {
  await using app = await startApp();

  const [without, none, zoned, wrong] = [
    await signUp(app, 'ada'),
    await signUp(app, 'bob', null),
    await signUp(app, 'cyd', 'america/new_york'),
    await signUp(app, 'dan', 'New York'),
  ];

  expect([without, none, zoned].map(({ user }) => user.timeZone)).toEqual(['UTC', 'UTC', 'America/New_York']);
  expect(wrong).toEqual({ user: null, userErrors: [{ code: 'INVALID', path: ['input', 'timeZone'] }] });
});
