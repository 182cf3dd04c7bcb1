import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Connections that a server was handed, rather than took at its port: node:http does not keep account of those. */
export class HandedConnections {
  readonly #server: Server;
  readonly #open = new Set<Duplex>();
  #onEmpty = () => {};

  constructor(server: Server) {
    this.#server = server;
  }

  /** Has the server read requests from it. */
  readonly accept = (connection: Duplex): void => {
    this.#open.add(connection);
    connection.once('close', () => {
      this.#open.delete(connection);
      if (this.#open.size === 0) this.#onEmpty();
    });
    this.#server.emit('connection', connection);
  };

  /** When the last one has ended. */
  closed(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise(resolve => {
      this.#onEmpty = resolve;
    });
  }

  /** In the midst of what is under way. */
  closeAll(): void {
    for (const connection of this.#open) connection.destroy();
  }
}
