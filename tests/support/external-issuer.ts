import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeKey(alg = 'ES256', kid = `${alg}-${++keysMade}`): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
let keysMade = 0;

/** A good token of this key: whatever is not given is as it should be. Undefined leaves a claim out. */
export async function signBy(
  { alg, kid, privateKey }: IssuerKey,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claimsWith(claims)).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
}

export const seconds = (at = Date.now()) => Math.floor(at / 1000);

export const claimsWith = (claims: Record<string, unknown> = {}) => ({
  sub: 'subject-1',
  iat: seconds(),
  exp: seconds() + 600,
  ...claims,
});

export interface KeyServer extends AsyncDisposable {
  readonly url: string;
  /** How often the keys were asked for. */
  asked: number;
  /** What it answers; text as it stands, with the status that goes with it. */
  answer: { status: number; body: string };
  /** It begins to answer and then says nothing more. */
  stuck: boolean;
  serve(...keys: IssuerKey[]): void;
}

/** A key set on loopback that can be exchanged. */
export async function serveKeys(...keys: IssuerKey[]): Promise<KeyServer> {
  const server = createServer((_request, response) => {
    self.asked += 1;
    response.writeHead(self.answer.status, { 'Content-Type': 'application/json' });
    if (self.stuck) response.write(' ');
    else response.end(self.answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const self: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`,
    asked: 0,
    stuck: false,
    answer: { status: 200, body: setOf(...keys) },
    serve(...others) {
      self.answer = { status: 200, body: setOf(...others) };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return self;
}

const setOf = (...keys: IssuerKey[]) => JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });

export interface KeyFile extends AsyncDisposable {
  readonly path: string;
  write(...keys: IssuerKey[]): Promise<void>;
}

export async function writeKeys(...keys: IssuerKey[]): Promise<KeyFile> {
  const folder = await mkdtemp(join(tmpdir(), 'duely-keys-'));
  const path = join(folder, 'jwks.json');
  await writeFile(path, setOf(...keys));
  return {
    path,
    write: (...others) => writeFile(path, setOf(...others)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** By HS256 with a secret, as an issuer that shares it would. */
export const signBySecret = (
  secret: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> =>
  new SignJWT(claimsWith(claims))
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(new TextEncoder().encode(secret));
