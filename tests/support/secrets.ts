/** What tests told a server or were told by it and no log may hold, each with its kind. */
export class Secrets {
  readonly #kinds = new Map<string, string>();

  /** Short ones are left out: they would be found by chance. */
  add(kind: string, secret: string): void {
    if (secret.length >= SHORTEST) this.#kinds.set(secret, kind);
  }

  /**
   * Takes what stands under a name like password or token: in the variables or the data of an operation, in the first
   * message of a socket, in a query's text.
   */
  addFrom(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'string') this.addFrom(inner);
      else if (SECRET_NAMES.test(name)) this.add(name, inner.replace(/^Bearer /, ''));
      else if (name === 'query') {
        for (const [, argument = '', literal = ''] of inner.matchAll(SECRET_LITERALS)) this.add(argument, literal);
      }
    }
  }

  /** Takes the secrets of a server's settings, also the passwords within addresses. */
  addFromSettings(settings: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(settings)) {
      if (SECRET_SETTINGS.test(name)) for (const secret of value.split(',')) this.add(name, secret.trim());
      else if (URL.canParse(value)) this.add(name, decodeURIComponent(new URL(value).password));
    }
  }

  /** The lines that hold one, or what looks like a token or a hash, with the kind of it in its place. */
  findIn(lines: readonly string[]): string[] {
    const log = lines.join('\n');
    // One search of the whole log for each: nearly always there is nothing to find.
    const told = [...this.#kinds].filter(([secret]) => log.includes(secret));
    const known = told.flatMap(([secret, kind]) =>
      lines.filter(line => line.includes(secret)).map(line => line.replaceAll(secret, `<${kind}>`)),
    );
    return [...known, ...lines.filter(line => line.search(TOKENS) >= 0).map(line => line.replace(TOKENS, '<token>'))];
  }
}

/** All that passed by in this process, by whichever way: see `traffic.ts`. */
export const knownSecrets = new Secrets();

const SHORTEST = 8;
const SECRET_NAMES = /password|token|secret|authorization/i;
const SECRET_LITERALS = /\b(\w*(?:password|token|secret)\w*)\s*:\s*"((?:[^"\\]|\\.)*)"/gi;
const SECRET_SETTINGS = /SECRET|PASSWORD|TOKEN|KEY|SALT/;
/** Access tokens, refresh tokens, tokens of links, and hashes of passwords. */
const TOKENS =
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}|\b(?:drt|dlt)\.[\w-]{16,}[\w.-]*|\$(?:argon2\w*|2[abxy])\$\S{20,}/g;
