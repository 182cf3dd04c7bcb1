import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';

/** Protects nothing: of the tests alone. */
export const BETTER_AUTH_SECRET = 'a-secret-that-two-servers-of-the-tests-share-9876543210';

/** Somebody who is signed in at a Better Auth server. */
export interface BetterAuthPerson {
  readonly id: string;
  readonly email: string;
  readonly sessionId: string;
  /** The session's cookie data, a JWT by HS256. */
  readonly cookieToken: string;
  /** What the jwt plugin gives, by EdDSA. */
  readonly token: string;
}

export interface BetterAuthServer extends AsyncDisposable {
  /** Its iss and aud, where it is not told others. */
  readonly url: string;
  readonly keysUrl: string;
  signUp(options?: { email?: string; name?: string }): Promise<BetterAuthPerson>;
  /** The same person in another session. */
  signIn(email: string): Promise<BetterAuthPerson>;
}

const PASSWORD = 'Correct horse 7';

/** The real one, on loopback, with its jwt plugin and its session's cookie as a JWT. */
export async function startBetterAuth(secret = BETTER_AUTH_SECRET): Promise<BetterAuthServer> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const auth = betterAuth({
    baseURL: url,
    secret,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true, strategy: 'jwt', maxAge: 300 } },
    plugins: [jwt()],
    telemetry: { enabled: false },
  });
  server.on('request', toNodeHandler(auth));
  let people = 0;

  const ask = async (path: string, body?: object, cookie?: string) => {
    const response = await fetch(`${url}/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { Origin: url, 'Content-Type': 'application/json', ...(cookie ? { Cookie: cookie } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Better Auth answered ${response.status} to ${path}: ${text}`);
    return { response, answer: JSON.parse(text) };
  };

  const enter = async (path: string, body: object): Promise<BetterAuthPerson> => {
    const { response } = await ask(path, body);
    const cookies = response.headers.getSetCookie().map(cookie => cookie.split(';', 1)[0] ?? '');
    const session = (await ask('/get-session', undefined, cookies.join('; '))).answer;
    return {
      id: session.user.id,
      email: session.user.email,
      sessionId: session.session.id,
      cookieToken: cookies.find(cookie => cookie.startsWith('better-auth.session_data='))?.split('=', 2)[1] ?? '',
      token: (await ask('/token', undefined, cookies.join('; '))).answer.token,
    };
  };

  return {
    url,
    keysUrl: `${url}/api/auth/jwks`,
    signUp: ({ email = `human${++people}@example.com`, name = 'Grace Hopper' } = {}) =>
      enter('/sign-up/email', { email, name, password: PASSWORD }),
    signIn: email => enter('/sign-in/email', { email, password: PASSWORD }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
