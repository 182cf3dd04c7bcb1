import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../src/platform/config.ts';
import { ExternalTokens } from '../../../src/platform/external-tokens/external-tokens.ts';
import type { KeySource } from '../../../src/platform/external-tokens/key-source.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import { type IssuerKey, makeKey, serveKeys, signBy, writeKeys } from '../../support/external-issuer.ts';
import { until } from '../../support/wait.ts';

const MINUTE_MS = 60_000;

/** Verifies by these keys alone, with a clock that can be set forward. */
function verifier(keys: KeySource) {
  let offset = 0;
  const tokens = new ExternalTokens({
    settings: { secret: undefined, keys, issuer: undefined, audience: undefined },
    clock: () => new Date(Date.now() + offset),
    logger: createLogger('silent'),
  });
  return {
    advance(milliseconds: number) {
      offset += milliseconds;
    },
    /** `good`, or why it is not. */
    async verify(token: string): Promise<string> {
      const claims = await tokens.verify(token).catch(error => String(error.code));
      return typeof claims === 'string' ? claims : 'good';
    },
  };
}

const HOUR = { exp: Math.floor(Date.now() / 1000) + 3_600 };
const sign = (key: IssuerKey) => signBy(key, HOUR);

describe('keys of an address', () => {
  test('are asked for once, however many tokens come at once', async () => {
    const key = await makeKey();
    await using server = await serveKeys(key);
    const { verify } = verifier({ url: server.url });
    const tokens = await Promise.all(Array.from({ length: 50 }, (_, n) => signBy(key, { sub: `subject-${n}` })));

    const outcomes = await Promise.all(tokens.map(verify));

    expect(new Set(outcomes)).toEqual(new Set(['good']));
    expect(server.asked).toBe(1);
  });

  test('that were rotated are found by the first token of the new one, which asks once', async () => {
    const [before, after] = [await makeKey('ES256'), await makeKey('EdDSA')];
    await using server = await serveKeys(before);
    const { verify } = verifier({ url: server.url });
    const [old, first] = [await sign(before), await verify(await sign(before))];
    server.serve(after);

    const outcomes = await Promise.all(Array.from({ length: 20 }, async () => verify(await sign(after))));

    expect([first, ...new Set(outcomes)]).toEqual(['good', 'good']);
    expect(server.asked).toBe(2);
    // The old key is gone with the others, also for a token that was good before.
    expect(await verify(old)).toBe('INVALID');
  });

  test('are asked for at most once a minute, whatever unknown key ids come', async () => {
    const known = await makeKey();
    const unknown = await Promise.all(Array.from({ length: 100 }, async () => sign(await makeKey())));
    await using server = await serveKeys(known);
    const { verify, advance } = verifier({ url: server.url });
    await verify(await sign(known));

    const atOnce = await Promise.all(unknown.map(verify));
    for (const token of unknown) await verify(token);
    const askedWithinAMinute = server.asked - 1;
    advance(MINUTE_MS);
    for (const token of unknown) await verify(token);

    expect(new Set(atOnce)).toEqual(new Set(['INVALID']));
    expect(askedWithinAMinute).toBe(1);
    expect(server.asked - 1).toBe(2);
    expect(await verify(await sign(known))).toBe('good');
  });

  test('that were withdrawn are not taken for much longer than ten minutes, though their tokens were seen before', async () => {
    const [withdrawn, kept] = [await makeKey(), await makeKey()];
    await using server = await serveKeys(withdrawn, kept);
    const { verify, advance } = verifier({ url: server.url });
    const token = await sign(withdrawn);
    expect([await verify(token), await verify(await sign(kept))]).toEqual(['good', 'good']);
    server.serve(kept);

    advance(5 * MINUTE_MS);
    const early = await verify(token);
    advance(5 * MINUTE_MS);
    await until('the key is gone', async () => (await verify(token)) === 'INVALID');

    expect(early).toBe('good');
    expect(await verify(await sign(kept))).toBe('good');
  });

  test.each([
    ['answers an error', { status: 500, body: '' }],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers no key set', { status: 200, body: '{"keys": 1}' }],
    ['answers a list of what are no keys', { status: 200, body: '{"keys": [null]}' }],
    ['answers too much', { status: 200, body: JSON.stringify({ keys: [], padding: 'a'.repeat(300_000) }) }],
  ])('stay as they were where the address %s', async (_what, answer) => {
    const key = await makeKey();
    await using server = await serveKeys(key);
    const { verify, advance } = verifier({ url: server.url });
    await verify(await sign(key));
    server.answer = answer;

    advance(11 * MINUTE_MS);
    await verify(await sign(key));
    await until('they were asked for again', () => server.asked === 2);
    const unknown = await verify(await sign(await makeKey()));

    expect(unknown).toBe('INVALID');
    expect(await verify(await sign(key))).toBe('good');
  });

  test('that cannot be read at first are UNAVAILABLE, and asked for again after some seconds', async () => {
    const key = await makeKey();
    await using server = await serveKeys(key);
    const { answer } = server;
    server.answer = { status: 503, body: '' };
    const { verify, advance } = verifier({ url: server.url });
    const token = await sign(key);

    const first = await Promise.all([verify(token), verify(token), verify(token)]);
    const askedAtFirst = server.asked;
    server.answer = answer;
    const soon = await verify(token);
    advance(5_000);
    const later = await verify(token);

    expect([...first, soon]).toEqual(['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE']);
    expect([askedAtFirst, later]).toEqual([1, 'good']);
  });

  test('of an address that does not come to an end are given up', async () => {
    const key = await makeKey();
    await using server = await serveKeys(key);
    server.stuck = true;
    const { verify, advance } = verifier({ url: server.url });

    const stuck = await verify(await sign(key));
    server.stuck = false;
    advance(5_000);

    expect([stuck, await verify(await sign(key))]).toEqual(['UNAVAILABLE', 'good']);
  });

  test('of a set with some that are of no use are taken where they are good', async () => {
    const [key, secret] = [await makeKey(), await makeKey('ES256', 'private')];
    await using server = await serveKeys(key);
    const bad = [
      { kid: 'unknown', kty: 'XYZ' },
      { kid: 'secret', kty: 'oct', k: Buffer.alloc(32).toString('base64url') },
      { kid: 7 },
      {},
    ];
    server.answer = { status: 200, body: JSON.stringify({ keys: [...bad, key.publicJwk] }) };
    const { verify } = verifier({ url: server.url });

    expect(await verify(await sign(key))).toBe('good');
    expect(await verify(await sign({ ...secret, kid: 'unknown' }))).toBe('INVALID');
    expect(await verify(await sign({ ...secret, kid: 'secret' }))).toBe('INVALID');
  });
});

test('keys of a file are read anew where a key id is unknown', async () => {
  const [before, after] = [await makeKey(), await makeKey()];
  await using file = await writeKeys(before);
  const { verify } = verifier({ file: file.path });
  const first = await verify(await sign(before));
  await file.write(after);

  expect([first, await verify(await sign(after)), await verify(await sign(before))]).toEqual([
    'good',
    'good',
    'INVALID',
  ]);
});

describe('settings', () => {
  const SECRET = 'a-secret-of-the-tests-that-protects-nothing-0123456789';
  const read = (settings: Record<string, string>) => () => readConfig({ JWT_SECRETS: SECRET, ...settings });

  test.each([
    ['a secret that is short', { BETTER_AUTH_SECRET: 'short' }, 'BETTER_AUTH_SECRET has to be'],
    [
      'the secret that Better Auth has by itself',
      { BETTER_AUTH_SECRET: 'better-auth-secret-12345678901234567890' },
      'BETTER_AUTH_SECRET has to be',
    ],
    ['one of our own secrets', { BETTER_AUTH_SECRET: SECRET }, 'must not be one of JWT_SECRETS'],
    [
      'a public key as the secret',
      { BETTER_AUTH_SECRET: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmE' },
      'BETTER_AUTH_SECRET has to be',
    ],
    ['an address that is none', { EXTERNAL_JWKS_URL: 'issuer' }, 'EXTERNAL_JWKS_URL has to be an address'],
    ['a file that is not there', { EXTERNAL_JWKS_FILE: '/nowhere' }, 'EXTERNAL_JWKS_FILE has to be a file'],
    [
      'an address and a file',
      { EXTERNAL_JWKS_URL: 'https://issuer.example.com/jwks', EXTERNAL_JWKS_FILE: '/nowhere' },
      'are both set: choose one',
    ],
  ])('with %s are refused', (_what, settings, message) => {
    expect(read(settings)).toThrow(message);
  });

  test('with keys that come unprotected are refused in production, but for this machine', () => {
    const inProduction = (EXTERNAL_JWKS_URL: string) =>
      read({
        NODE_ENV: 'production',
        DATABASE_URL: 'postgres://user:password@db.example.com/duely',
        PUBLIC_URL: 'https://api.example.com',
        EXTERNAL_JWKS_URL,
      });

    expect(inProduction('http://issuer.example.com/jwks')).toThrow('has to begin with https://');
    expect(inProduction('https://issuer.example.com/jwks')).not.toThrow('EXTERNAL_JWKS_URL');
    expect(inProduction('http://localhost:3000/jwks')).not.toThrow('EXTERNAL_JWKS_URL');
  });
});
