/** What the tests of an app told it or were told by it and no log may hold, each with its kind. */
export class Secrets {
  readonly #kinds = new Map<string, string>();

  /** Short ones are left out: they would be found by chance. */
  add(kind: string, secret: string): void {
    if (secret.length >= SHORTEST) this.#kinds.set(secret, kind);
  }

  /** Takes what stands in the variables or the data of an operation under a name like password or token. */
  addFrom(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner !== 'string') this.addFrom(inner);
      else if (SECRET_NAMES.test(name)) this.add(name, inner);
    }
  }

  /** The lines that hold one, with the kind of it in its place. */
  findIn(lines: readonly string[]): string[] {
    const log = lines.join('\n');
    // One search of the whole log for each: nearly always there is nothing to find.
    const told = [...this.#kinds].filter(([secret]) => log.includes(secret));
    return told.flatMap(([secret, kind]) =>
      lines.filter(line => line.includes(secret)).map(line => line.replaceAll(secret, `<${kind}>`)),
    );
  }
}

const SHORTEST = 8;
const SECRET_NAMES = /password|token|secret/i;
