import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from 'bcrypt';
import { describe, expect, test } from 'vitest';
import { hashKind, hashPassword, isOutdated, verifyPassword } from '../../src/platform/passwords.ts';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';

const LOG_IN = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken userErrors { code } } }';
/** The cheapest that there is. */
const COST = 4;
const ARGON2ID = 2;
const TODAYS = '$argon2id$v=19$m=19456,t=2,p=1$';

async function setHash({ database, secrets }: TestApp, person: Person, passwordHash: string): Promise<void> {
  secrets.add('password hash', passwordHash);
  await database.query('update users set password_hash = $2 where username = $1', [person.username, passwordHash]);
}

async function hashOf({ database }: TestApp, person: Person): Promise<string> {
  const [row] = await database.query<{ password_hash: string }>('select password_hash from users where username = $1', [
    person.username,
  ]);
  return row?.password_hash ?? '';
}

async function logIn(app: TestApp, { username }: Person, password: string): Promise<string | null> {
  const { data } = await app.execute(LOG_IN, { input: { login: username, password } });
  return data.logIn.userErrors[0]?.code ?? null;
}

describe('published vectors of bcrypt', () => {
  // Of crypt_blowfish 1.3 (https://www.openwall.com/crypt/), wrapper.c.
  const LONG = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored';
  test.for([
    ['$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui', LONG],
  ] as const)('%s is verified', async ([passwordHash, password]) => {
    expect(hashKind(passwordHash)).toBe('BCRYPT');
    expect(await verifyPassword(passwordHash, password)).toBe(true);
    expect(await verifyPassword(passwordHash, `x${password}`)).toBe(false);
  });
});

test.for([
  ['nothing', ''],
  ['plain text', PASSWORD],
  ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
  ['SHA-512 of crypt', '$6$rounds=5000$abcdefgh$0123456789'],
  ['the faulty bcrypt', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['half of a bcrypt', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9'],
  ['a bcrypt of hours', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['an argon2id of four gigabytes', '$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHRzb21l$c29tZWhhc2hzb21laGFzaHNvbWU'],
  ['an argon2id without passes', '$argon2id$v=19$m=19456,t=0,p=1$c29tZXNhbHRzb21l$c29tZWhhc2hzb21laGFzaHNvbWU'],
] as const)('%s is no hash, and verifies as false', async ([, passwordHash]) => {
  expect(hashKind(passwordHash)).toBeNull();
  expect(await verifyPassword(passwordHash, PASSWORD)).toBe(false);
});

test.for(['2a', '2b', '2y'])('logIn with a hash of $%s$ signs in and hashes the password anew, once', async prefix => {
  await using app = await startApp();
  const ada = await app.createUser();
  const older = (await bcrypt('Old horse 9', COST)).replace(/^\$2b/, `$${prefix}`);
  await setHash(app, ada, older);

  const wrong = await logIn(app, ada, 'Wrong horse 9');
  const kept = await hashOf(app, ada);
  const right = await logIn(app, ada, 'Old horse 9');
  const anew = await hashOf(app, ada);
  const again = await logIn(app, ada, 'Old horse 9');

  expect([wrong, right, again]).toEqual(['WRONG_CREDENTIALS', null, null]);
  expect(kept).toBe(older);
  expect(anew).toMatch(TODAYS);
  expect(await hashOf(app, ada)).toBe(anew);
  expect(await app.database.query(`select kind from changes where kind <> 'CREATED'`)).toEqual([]);
});

test('logIn with an argon2id of other parameters hashes anew, and one of today’s is left alone', async () => {
  await using app = await startApp();
  const [ada, eve] = [await app.createUser(), await app.createUser()];
  await setHash(
    app,
    ada,
    await argon2(PASSWORD, { algorithm: ARGON2ID, memoryCost: 8_192, timeCost: 3, parallelism: 1 }),
  );
  const todays = await hashOf(app, eve);

  const outcomes = [await logIn(app, ada, PASSWORD), await logIn(app, eve, PASSWORD)];

  expect(outcomes).toEqual([null, null]);
  expect(await hashOf(app, ada)).toMatch(TODAYS);
  expect(await hashOf(app, eve)).toBe(todays);
  expect(isOutdated(await hashPassword(PASSWORD))).toBe(false);
});

test('a password of more than 72 bytes is known to bcrypt by those, and from the first logIn on as a whole', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  const start = 'é'.repeat(36);
  await setHash(app, ada, await bcrypt(`${start} and more`, COST));

  const short = await logIn(app, ada, start.slice(1));
  const first = await logIn(app, ada, `${start} and more`);
  const otherEnd = await logIn(app, ada, `${start} and less`);

  expect([short, first, otherEnd]).toEqual(['WRONG_CREDENTIALS', null, 'WRONG_CREDENTIALS']);
  expect(await logIn(app, ada, `${start} and more`)).toBeNull();
});
