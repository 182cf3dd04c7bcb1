import { Socket } from 'node:net';
import type pg from 'pg';

type Query = (...args: unknown[]) => never;

/** What the way there and back may take at the most, beside the statement itself. */
const WAY_MS = 5_000;

/** PostgreSQL ends a statement after its time-out: where nothing has come then, nobody is there any more. */
export const overdueAfter = (statementTimeoutMs: number): number => statementTimeoutMs + WAY_MS;

/**
 * Connections that are given up where a statement is under way and nothing comes for so long: the other side is gone, or
 * the network is cut and nobody was told. Otherwise they would be in use for ever, and a pool of them serves nobody even
 * when the database is back. The statement may have been done.
 */
export function impatientClient(Base: typeof pg.Client, silenceMs: number): typeof pg.Client {
  return class ImpatientClient extends Base {
    #underWay = 0;

    constructor(...args: ConstructorParameters<typeof pg.Client>) {
      super(...args);
      this.once('connect', () => {
        const { stream } = this.connection;
        // Cheaper than a timer for each statement: the system's own count of silence, which any byte begins anew.
        if (stream instanceof Socket) stream.setTimeout(silenceMs, () => this.#isSilent(stream));
      });
    }

    override query(...args: unknown[]): never {
      const result = (super.query as Query).apply(this, args);
      const settled: unknown = result;
      if (!(settled instanceof Promise)) return result;
      this.#underWay += 1;
      const over = () => {
        this.#underWay -= 1;
      };
      settled.then(over, over);
      return result;
    }

    #isSilent(stream: Socket): void {
      const received = stream.bytesRead;
      // In a process that stood still itself the answer may be there already, and is read before what is immediate.
      setImmediate(() => {
        if (this.#underWay === 0 || stream.bytesRead > received) return;
        stream.destroy(
          new Error(`Connection terminated: nothing came from the database for ${silenceMs / 1000} seconds`),
        );
      });
    }
  };
}
