/** The session is over, or there never was one: the person has to log in. */
export class SignedOutError extends Error {
  constructor() {
    super('You are signed out: log in again.');
    this.name = 'SignedOutError';
  }
}

/** What is kept of a session. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** When the access token is to be renewed, by this device's clock. */
  readonly renewAt: number;
}

/**
 * Where tokens are kept. A store that tabs share, such as localStorage, has to be read each time: a refresh token that
 * another tab has used before ends the session.
 */
export interface TokenStore {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
}

/** What a person has to put right. */
export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly path: readonly string[];
}

interface Issued {
  readonly accessToken: string | null;
  readonly accessTokenExpiresAt: string | null;
  readonly refreshToken: string | null;
  readonly userErrors: readonly UserError[];
}

export interface SessionOptions {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly store?: TokenStore;
  /** Called once when the server has ended the session: show the page to log in. */
  readonly onSignedOut?: () => void;
}

const ISSUED = 'accessToken accessTokenExpiresAt refreshToken userErrors { code message path }';
const LOG_IN = `mutation ($login: String!, $password: String!) {
  issued: logIn(input: { login: $login, password: $password }) { ${ISSUED} }
}`;
const REFRESH = `mutation ($refreshToken: String!) {
  issued: refreshSession(input: { refreshToken: $refreshToken }) { ${ISSUED} }
}`;

/** A person's session on this device: keeps its tokens and renews them. */
export class Session {
  readonly #url: string;
  readonly #store: TokenStore;
  readonly #onSignedOut: () => void;
  #renewal: Promise<string> | null = null;

  constructor({ url, store = inMemory(), onSignedOut = () => {} }: SessionOptions) {
    this.#url = url;
    this.#store = store;
    this.#onSignedOut = onSignedOut;
  }

  /** Answers what was wrong; nothing where it worked. */
  async logIn(login: string, password: string): Promise<readonly UserError[]> {
    const issued = await this.#issue(LOG_IN, { login, password });
    this.#keep(issued);
    return issued.userErrors;
  }

  async logOut(): Promise<void> {
    await this.fetch(this.#url, asBody({ query: 'mutation { logOut { userErrors { code } } }' }));
    this.#store.write(null);
  }

  /** How long the access token is good without being renewed, in milliseconds; 0 where there is none. */
  get freshFor(): number {
    return Math.max((this.#store.read()?.renewAt ?? 0) - Date.now(), 0);
  }

  /** One that is good, renewed where need be. Throws SignedOutError where the person has to log in. */
  async accessToken(): Promise<string> {
    const tokens = this.#store.read();
    if (!tokens) throw new SignedOutError();
    if (this.freshFor > 0) return tokens.accessToken;
    this.#renewal ??= this.#renew(tokens.refreshToken).finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** The server said that this access token has expired: the next one asked for is a new one. */
  expire(accessToken: string): void {
    const tokens = this.#store.read();
    // Another caller may have renewed it meanwhile.
    if (tokens?.accessToken === accessToken) this.#store.write({ ...tokens, renewAt: 0 });
  }

  /**
   * As the global fetch, signed in, for GraphQL clients: they give a URL, and a body that can be sent twice. Throws
   * SignedOutError where the person has to log in.
   */
  readonly fetch: typeof fetch = async (input, init) => {
    // What is public can be asked without a session.
    const token = this.#store.read() ? await this.accessToken() : null;
    const answer = await fetch(input, authorized(init, token));
    // Nothing was done where the status is 401, so that asking again does nothing twice.
    if (answer.status !== 401) return answer;
    if (token && (await reasonOf(answer)) === 'EXPIRED') {
      this.expire(token);
      return fetch(input, authorized(init, await this.accessToken()));
    }
    // Where another tab has logged in since, its session goes on.
    if (token && this.#store.read()?.accessToken === token) this.#end();
    throw new SignedOutError();
  };

  async #renew(refreshToken: string): Promise<string> {
    const issued = await this.#issue(REFRESH, { refreshToken });
    const signedIn = this.#store.read() !== null;
    if (signedIn && this.#keep(issued)) return issued.accessToken;
    if (signedIn) this.#end();
    throw new SignedOutError();
  }

  #keep(issued: Issued): issued is Issued & { accessToken: string } {
    const { accessToken, accessTokenExpiresAt, refreshToken } = issued;
    if (!accessToken || !accessTokenExpiresAt || !refreshToken) return false;
    const now = Date.now();
    const lifetime = Date.parse(accessTokenExpiresAt) - now;
    // Where this device's clock is ahead of the token's end, only the server can tell when it has expired.
    const renewAt = lifetime > 0 ? now + lifetime / 2 : Number.MAX_SAFE_INTEGER;
    this.#store.write({ accessToken, refreshToken, renewAt });
    return true;
  }

  #end(): void {
    this.#store.write(null);
    this.#onSignedOut();
  }

  /** Throws where the server could not be asked, which ends no session: ask again later. */
  async #issue(query: string, variables: object): Promise<Issued> {
    const answer = await fetch(this.#url, asBody({ query, variables }));
    const { data } = (await answer.json()) as { data?: { issued: Issued } | null };
    if (!data) throw new Error(`The server could not be asked for tokens (HTTP ${answer.status}).`);
    return data.issued;
  }
}

function inMemory(): TokenStore {
  let kept: Tokens | null = null;
  return {
    read: () => kept,
    write: tokens => {
      kept = tokens;
    },
  };
}

const asBody = (operation: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(operation),
});

function authorized(init: RequestInit | undefined, token: string | null): RequestInit {
  const headers = new Headers(init?.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** Why a token was refused. */
async function reasonOf(answer: Response): Promise<string | undefined> {
  const { errors } = (await answer.json()) as { errors?: { extensions?: { reason?: string } }[] };
  return errors?.find(({ extensions }) => extensions?.reason)?.extensions?.reason;
}
