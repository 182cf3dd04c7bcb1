import pg from 'pg';
import { Deadline, DeadlineError } from './deadline.ts';

export interface ProbeOptions {
  readonly url: string;
  /** A look takes so long at the most, the connection's handshake with it. */
  readonly timeoutMs?: number;
}

/** An answer that takes longer is none, for whoever spreads requests. */
const TIMEOUT_MS = 1_000;
/** So long without a look, and the connection is closed, so that a serverless database can go to sleep. */
const IDLE_MS = 30_000;

/**
 * A way to ask the database whether it is there: over a connection of its own, kept between looks, which never stands in
 * the pool's queue. A pool all of whose connections are in use says nothing about the database.
 */
export class DatabaseProbe {
  readonly #url: string;
  readonly #timeoutMs: number;
  #client: pg.Client | null = null;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Connects with the first look. */
  constructor({ url, timeoutMs = TIMEOUT_MS }: ProbeOptions) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  /** What it is answered. Throws where the database is away, and where it did not answer in time. One call at a time. */
  async ask<Answer>(question: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) throw new Error('The probe is closed.');
    clearTimeout(this.#idle);
    const deadline = new Deadline(this.#timeoutMs);
    const kept = this.#client;
    try {
      if (!kept) return await this.#askOver(this.#connection(), question, deadline);
      // The connection alone may be gone, and the database well.
      return await this.#askOver(kept, question, deadline).catch((error: unknown) => {
        if (error instanceof DeadlineError) throw error;
        return this.#askOver(this.#connection(), question, deadline);
      });
    } finally {
      if (this.#isClosed) this.#part();
      else this.#idle = setTimeout(() => this.#part(), IDLE_MS).unref();
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    this.#part();
  }

  async #askOver<Answer>(
    client: pg.Client,
    question: (client: pg.Client) => Promise<Answer>,
    deadline: Deadline,
  ): Promise<Answer> {
    try {
      const asked = this.#client === client ? question(client) : client.connect().then(() => question(client));
      const answer = await deadline.race(asked);
      this.#client = client;
      return answer;
    } catch (error) {
      this.#forget(client);
      throw error;
    }
  }

  #connection(): pg.Client {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'duely probe' });
    // Told to whoever asks, too.
    client.on('error', () => this.#forget(client));
    return client;
  }

  /** In the orderly way, as far as the server plays its part. */
  #part(): void {
    const client = this.#client;
    this.#client = null;
    if (!client) return;
    client.end().catch(() => {});
    setTimeout(() => client.connection.stream.destroy(), this.#timeoutMs).unref();
  }

  /** Waits for no goodbye from a server that may not answer. */
  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
    client.end().catch(() => {});
    client.connection.stream.destroy();
  }
}
