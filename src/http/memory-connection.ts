import { Duplex } from 'node:stream';

/**
 * One end of a connection within the process, as far like a socket as node:http uses one: it knows an address, can be given
 * a time-out, and what is written waits until it is read at the other end.
 */
export class MemoryConnection extends Duplex {
  readonly remoteAddress: string | undefined;
  #other: MemoryConnection | null = null;
  /** Ends the other end's write that waits for this end to read. */
  #onRead: (() => void) | null = null;
  #timeoutMs = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(remoteAddress?: string) {
    super();
    this.remoteAddress = remoteAddress;
  }

  /** The client's end, and the server's, which sees this address at the other one. */
  static pair(clientAddress?: string): [client: MemoryConnection, server: MemoryConnection] {
    const [client, server] = [new MemoryConnection(), new MemoryConnection(clientAddress)];
    client.#other = server;
    server.#other = client;
    // A server that reads no more would not see its end.
    client.once('close', () => server.destroy());
    return [client, server];
  }

  /** As a socket's: `timeout` is emitted, and no more done, where nothing is read or written for so long. 0: never. */
  setTimeout(ms: number, listener?: () => void): this {
    this.#timeoutMs = ms;
    if (listener) this.once('timeout', listener);
    this.#restartTimer();
    return this;
  }

  override _read(): void {
    const done = this.#onRead;
    this.#onRead = null;
    done?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const other = this.#other;
    this.#restartTimer();
    // As with a network: what nobody takes any more is lost, and the end of the connection tells.
    if (!other || other.destroyed || chunk.length === 0) {
      done();
      return;
    }
    other.#onRead = () => {
      this.#restartTimer();
      done();
    };
    other.#restartTimer();
    other.push(chunk);
  }

  override _final(done: () => void): void {
    if (this.#other && !this.#other.destroyed) this.#other.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearTimeout(this.#timer);
    this.#onRead?.();
    const other = this.#other;
    if (other && !other.destroyed && !this.writableFinished) other.push(null);
    done(error);
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (this.#timeoutMs > 0) this.#timer = setTimeout(() => this.emit('timeout'), this.#timeoutMs).unref();
  }
}
