import { createHmac } from 'node:crypto';
import { createEmailVerificationToken } from 'better-auth/api';
import { exportSPKI, importJWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { type Answer, startApp, type TestApp } from '../support/app.ts';
import { BETTER_AUTH_SECRET, startBetterAuth } from '../support/better-auth.ts';
import {
  claimsWith,
  type IssuerKey,
  makeKey,
  seconds,
  serveKeys,
  signBy,
  signBySecret,
  writeKeys,
} from '../support/external-issuer.ts';
import { closed, initFor, openWire } from '../support/wire.ts';

const ME = '{ me { id email username fullName role emailVerifiedAt sessions { id isCurrent userAgent } } }';

const me = (app: TestApp, accessToken: string) => app.execute(ME, {}, { accessToken });

const reasonOf = ({ errors }: Answer) => errors[0]?.extensions.reason ?? null;

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of a real Better Auth server', () => {
  test('by its shared secret, which is its session cookie, makes an account and signs in', async () => {
    await using auth = await startBetterAuth();
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });
    const grace = await auth.signUp({ email: 'Grace@Example.com' });

    const [first, again] = [await me(app, grace.cookieToken), await me(app, grace.cookieToken)];

    expect(first.errors).toEqual([]);
    expect(first.data.me).toMatchObject({
      email: 'grace@example.com',
      username: 'Grace-Hopper',
      fullName: 'Grace Hopper',
      role: 'USER',
      emailVerifiedAt: null,
      sessions: [{ isCurrent: true, userAgent: 'node' }],
    });
    expect(again.data).toEqual(first.data);
  });

  test('by the EdDSA key of its key set makes an account and signs in', async () => {
    await using auth = await startBetterAuth();
    await using app = await startApp({
      settings: { EXTERNAL_JWKS_URL: auth.keysUrl, EXTERNAL_ISSUER: auth.url, EXTERNAL_AUDIENCE: auth.url },
    });
    const grace = await auth.signUp();

    const { data, errors } = await me(app, grace.token);

    expect(errors).toEqual([]);
    expect(data.me).toMatchObject({ email: grace.email, fullName: 'Grace Hopper' });
  });

  test('in either form is the same person where EXTERNAL_ISSUER says that it is one issuer', async () => {
    await using auth = await startBetterAuth();
    await using app = await startApp({
      settings: { BETTER_AUTH_SECRET, EXTERNAL_JWKS_URL: auth.keysUrl, EXTERNAL_ISSUER: auth.url },
    });
    const grace = await auth.signUp();

    const [byCookie, byKeySet] = [await me(app, grace.cookieToken), await me(app, grace.token)];

    expect(byCookie.data.me.id).toBe(byKeySet.data.me.id);
  });

  test('that was made for another purpose with the same secret is INVALID', async () => {
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });

    const token = await createEmailVerificationToken(BETTER_AUTH_SECRET, 'grace@example.com');

    expect(reasonOf(await me(app, token))).toBe('INVALID');
  });

  test('of another server with another secret or other keys is INVALID', async () => {
    await using auth = await startBetterAuth();
    await using other = await startBetterAuth('another-secret-of-another-server-0123456789');
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET, EXTERNAL_JWKS_URL: auth.keysUrl } });
    const eve = await other.signUp();

    expect(reasonOf(await me(app, eve.cookieToken))).toBe('INVALID');
    expect(reasonOf(await me(app, eve.token))).toBe('INVALID');
  });

  test('is INVALID where no other issuer is configured', async () => {
    await using auth = await startBetterAuth();
    await using app = await startApp();
    const grace = await auth.signUp();

    expect(reasonOf(await me(app, grace.cookieToken))).toBe('INVALID');
    expect(reasonOf(await me(app, grace.token))).toBe('INVALID');
  });
});

describe('a token with a subject', () => {
  test('by HS256 and the shared secret signs in', async () => {
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });

    const { data, errors } = await me(app, await signBySecret(BETTER_AUTH_SECRET, { email: 'ada@example.com' }));

    expect(errors).toEqual([]);
    expect(data.me).toMatchObject({ email: 'ada@example.com', username: 'ada', fullName: null });
  });

  test.each(['EdDSA', 'ES256', 'RS256'])('by %s and a key of a file or of an address signs in', async alg => {
    const key = await makeKey(alg);
    await using file = await writeKeys(key);
    await using server = await serveKeys(await makeKey('ES256'), key);
    await using byFile = await startApp({ settings: { EXTERNAL_JWKS_FILE: file.path } });
    await using byUrl = await startApp({ settings: { EXTERNAL_JWKS_URL: server.url } });
    const token = await signBy(key, { sub: 'ada' });

    const answers = [await me(byFile, token), await me(byUrl, token)];

    for (const { data, errors } of answers) expect([data.me?.role, errors]).toEqual(['USER', []]);
  });

  test('of our own works beside it as before', async () => {
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });
    const ada = await app.createUser();

    const { data } = await me(app, ada.accessToken);
    const refreshed = await me(app, ada.refreshToken);

    expect(data.me.id).toBe(ada.id);
    expect(reasonOf(refreshed)).toBe('INVALID');
  });
});

/** What a token says, who signs it, and how it is refused. The settings name an issuer and an audience. */
const ISSUER = 'https://issuer.example.com';
const AUDIENCE = 'https://api.example.com';
const GOOD = { iss: ISSUER, aud: AUDIENCE };

type Make = (key: IssuerKey, others: { ed25519: IssuerKey; unknown: IssuerKey }) => Promise<string> | string;

const attacks: Record<string, Make> = {
  'that is not signed (alg: none)': ({ kid }) => `${base64({ alg: 'none', kid })}.${base64(claimsWith(GOOD))}.`,
  'whose signature was cut off': async key => (await signBy(key, GOOD)).replace(/[^.]+$/, ''),
  'whose claims were exchanged': async key => {
    const [header, , signature] = (await signBy(key, GOOD)).split('.');
    return [header, base64(claimsWith({ ...GOOD, sub: 'somebody else' })), signature].join('.');
  },
  'by HS256 with the public key as the secret, as PEM': async key =>
    signBySecret(await exportSPKI(await importPublic(key)), GOOD, { kid: key.kid }),
  'by HS256 with the public key as the secret, as JSON': async key =>
    signBySecret(JSON.stringify(key.publicJwk), GOOD, { kid: key.kid }),
  'by HS256 with an empty secret': () => {
    const input = `${base64({ alg: 'HS256' })}.${base64(claimsWith(GOOD))}`;
    return `${input}.${createHmac('sha256', '').update(input).digest('base64url')}`;
  },
  'by HS512 with the right secret': async () => {
    const input = `${base64({ alg: 'HS512' })}.${base64(claimsWith(GOOD))}`;
    return `${input}.${createHmac('sha512', BETTER_AUTH_SECRET).update(input).digest('base64url')}`;
  },
  'whose header names another algorithm than its key': async (key, { ed25519 }) =>
    signBy({ ...ed25519, kid: key.kid }, GOOD),
  'that brings its own key (jwk)': async (_key, { unknown }) => signBy(unknown, GOOD, { jwk: unknown.publicJwk }),
  'that brings its own key under a known id': async (key, { unknown }) =>
    signBy({ ...unknown, kid: key.kid }, GOOD, { jwk: unknown.publicJwk }),
  'that says where its key is (jku)': async (key, { unknown }) =>
    signBy({ ...unknown, kid: key.kid }, GOOD, { jku: 'https://evil.example.com/jwks' }),
  'without a key id': async key => signBy(key, GOOD, { kid: undefined }),
  'whose key id is not a text': async key => signBy(key, GOOD, { kid: 1 }),
  'whose key id is SQL': async key => signBy(key, GOOD, { kid: "' or true; --" }),
  'of an unknown key': async (_key, { unknown }) => signBy(unknown, GOOD),
  'with the type of an ID token for logging out': async key => signBy(key, GOOD, { typ: 'logout+jwt' }),
  'with the type of a proof (DPoP)': async key => signBy(key, GOOD, { typ: 'dpop+jwt' }),
  'that calls itself a refresh token': async key => signBy(key, { ...GOOD, type: 'refresh' }),
  'that calls itself a refresh token, by the secret': () =>
    signBySecret(BETTER_AUTH_SECRET, { ...GOOD, typ: 'Refresh' }),
  'that calls itself an ID token': async key => signBy(key, { ...GOOD, token_use: 'id' }),
  'that is a security event': async key => signBy(key, { ...GOOD, events: {} }),
  'with an extension that has to be understood (crit)': () => {
    const input = `${base64({ alg: 'HS256', crit: ['x'], x: 1 })}.${base64(claimsWith(GOOD))}`;
    return `${input}.${createHmac('sha256', BETTER_AUTH_SECRET).update(input).digest('base64url')}`;
  },
  'of another issuer': async key => signBy(key, { ...GOOD, iss: 'https://evil.example.com' }),
  'of no issuer': async key => signBy(key, { aud: AUDIENCE }),
  'for another audience': async key => signBy(key, { ...GOOD, aud: ['https://other.example.com'] }),
  'for no audience': async key => signBy(key, { iss: ISSUER }),
  'by the secret, for another audience': () => signBySecret(BETTER_AUTH_SECRET, { ...GOOD, aud: 'other' }),
  'without an end': async key => signBy(key, { ...GOOD, exp: undefined }),
  'whose end is a text': async key => signBy(key, { ...GOOD, exp: String(seconds() + 600) }),
  'whose end is beyond all dates': async key => signBy(key, { ...GOOD, exp: 1e15 }),
  'that is not valid yet': async key => signBy(key, { ...GOOD, nbf: seconds() + 120 }),
  'that was issued in the future': async key => signBy(key, { ...GOOD, iat: seconds() + 120 }),
  'without a subject': async key => signBy(key, { ...GOOD, sub: undefined }),
  'with an empty subject': async key => signBy(key, { ...GOOD, sub: '' }),
  'whose subject is a number': async key => signBy(key, { ...GOOD, sub: 1 }),
  'whose subject has a character that the database has not': async key => signBy(key, { ...GOOD, sub: 'a\0b' }),
  'whose subject has half a character': async key => signBy(key, { ...GOOD, sub: 'a\uD800' }),
  'whose subject is very long': async key => signBy(key, { ...GOOD, sub: 'a'.repeat(256) }),
  'whose cookie is of a session of somebody else': () =>
    signBySecret(BETTER_AUTH_SECRET, { ...GOOD, ...cookieOf('ada', 'eve') }),
  'that is very long': async key => signBy(key, { ...GOOD, padding: 'a'.repeat(4_096) }),
  'of five parts': () => 'a.b.c.d.e',
  'whose header is no object': () => `${Buffer.from('"x"').toString('base64url')}.e30.e30`,
  'whose payload is no object': () => {
    const input = `${base64({ alg: 'HS256' })}.${Buffer.from('[]').toString('base64url')}`;
    return `${input}.${createHmac('sha256', BETTER_AUTH_SECRET).update(input).digest('base64url')}`;
  },
};

const importPublic = async ({ publicJwk, alg }: IssuerKey) => (await importJWK(publicJwk, alg)) as CryptoKey;

const cookieOf = (userId: string, sessionOf = userId, expiresAt = new Date(Date.now() + 600_000)) => ({
  sub: undefined,
  user: { id: userId, email: `${userId}@example.com` },
  session: { id: 'session-1', userId: sessionOf, expiresAt: expiresAt.toISOString() },
});

describe('a token of another issuer', () => {
  const both = async (key: IssuerKey) => {
    const ed25519 = await makeKey('EdDSA');
    const server = await serveKeys(key, ed25519);
    const app = await startApp({
      settings: {
        BETTER_AUTH_SECRET,
        EXTERNAL_JWKS_URL: server.url,
        EXTERNAL_ISSUER: ISSUER,
        EXTERNAL_AUDIENCE: AUDIENCE,
      },
    });
    return { server, app, ed25519 };
  };

  test('that is forged in any way is UNAUTHENTICATED with the reason INVALID, and makes no account', async () => {
    const [key, unknown] = [await makeKey('RS256'), await makeKey('RS256')];
    const { server, app, ed25519 } = await both(key);
    await using _server = server;
    await using _app = app;

    const answers = await Promise.all(
      Object.entries(attacks).map(async ([name, make]) => {
        const answer = await app.execute(
          '{ todos { totalCount } }',
          {},
          { accessToken: await make(key, { ed25519, unknown }) },
        );
        return [name, answer.status, reasonOf(answer)];
      }),
    );

    expect(answers).toEqual(Object.keys(attacks).map(name => [name, 401, 'INVALID']));
    expect(await app.database.query('select 1 from users')).toEqual([]);
  });

  test('made by hand as the forged ones are is good: so each fails for what was changed', async () => {
    const key = await makeKey('RS256');
    const { server, app, ed25519 } = await both(key);
    await using _server = server;
    await using _app = app;
    const input = `${base64({ alg: 'HS256' })}.${base64(claimsWith(GOOD))}`;
    const good = [
      await signBy(key, GOOD),
      await signBy(ed25519, { ...GOOD, aud: ['other', AUDIENCE], type: 'customer' }, { typ: 'at+JWT' }),
      await signBySecret(BETTER_AUTH_SECRET, GOOD, { typ: 'JWT' }),
      await signBySecret(BETTER_AUTH_SECRET, cookieOf('ada')),
      `${input}.${createHmac('sha256', BETTER_AUTH_SECRET).update(input).digest('base64url')}`,
    ];

    const answers = await Promise.all(good.map(token => me(app, token)));

    expect(answers.map(({ errors }) => errors)).toEqual(good.map(() => []));
  });

  test('that has expired is EXPIRED, whoever signed it and however often it was seen', async () => {
    const key = await makeKey('ES256');
    const { server, app } = await both(key);
    await using _server = server;
    await using _app = app;
    const tokens = [
      await signBy(key, GOOD),
      await signBySecret(BETTER_AUTH_SECRET, GOOD),
      await signBySecret(BETTER_AUTH_SECRET, cookieOf('ada')),
    ];
    const fresh = await signBy(key, { ...GOOD, sub: 'unseen' });
    for (const token of tokens) expect((await me(app, token)).errors).toEqual([]);

    app.advance(601_000);
    const answers = await Promise.all([...tokens, fresh].map(token => me(app, token)));

    expect(answers.map(reasonOf)).toEqual(['EXPIRED', 'EXPIRED', 'EXPIRED', 'EXPIRED']);
  });

  test('that outlives its Better Auth session is EXPIRED at the end of that session', async () => {
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });
    const token = await signBySecret(BETTER_AUTH_SECRET, cookieOf('ada', 'ada', new Date(Date.now() + 60_000)));

    const before = await me(app, token);
    app.advance(61_000);
    const after = await me(app, token);

    expect(before.errors).toEqual([]);
    expect(reasonOf(after)).toBe('EXPIRED');
  });

  test('of a clock that is a little ahead is taken; one that has just ended is not', async () => {
    await using app = await startApp({ settings: { BETTER_AUTH_SECRET } });

    const ahead = await signBySecret(BETTER_AUTH_SECRET, { iat: seconds() + 20, nbf: seconds() + 20 });
    const over = await signBySecret(BETTER_AUTH_SECRET, { iat: seconds() - 60, exp: seconds() - 1 });

    expect((await me(app, ahead)).errors).toEqual([]);
    expect(reasonOf(await me(app, over))).toBe('EXPIRED');
  });

  test('whose keys cannot be read is UNAVAILABLE, by HTTP and on a socket, and keeps nobody else out', async () => {
    const key = await makeKey();
    await using server = await serveKeys(key);
    server.answer = { status: 500, body: '' };
    await using app = await startApp({ settings: { EXTERNAL_JWKS_URL: server.url } });
    const ada = await app.createUser();
    const accessToken = await signBy(key);

    const answer = await me(app, accessToken);
    await using wire = await openWire(app.url);
    wire.send(initFor({ accessToken }));
    await closed(wire);

    expect(answer).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(wire.closedWith()?.code).toBe(1013);
    expect((await me(app, ada.accessToken)).errors).toEqual([]);
  });
});
