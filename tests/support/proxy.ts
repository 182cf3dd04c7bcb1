import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a server that can be broken, as networks are. */
export interface TcpProxy extends AsyncDisposable {
  readonly url: string;
  /** How many connections were taken so far. */
  connectionCount(): number;
  /** Ends every connection in the midst of it and, until `mend`, every new one. */
  cut(): void;
  /** Ends so many of the next connections as they come, and lets those after them through. */
  cutNext(connections: number): void;
  /** Takes so many of the next connections and never says anything on them. */
  ignoreNext(connections: number): void;
  /** Nothing gets through any more, and nobody is told; new connections work. */
  freeze(): void;
  mend(): void;
  /** New connections go to another server. */
  lead(target: string): void;
}

/** Passes on what comes to the server at this address, as it is. */
export async function startProxy(target: string): Promise<TcpProxy> {
  let { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let broken = false;
  let count = 0;
  let cutting = 0;
  let ignoring = 0;

  const server = createServer(near => {
    count += 1;
    near.on('error', () => near.destroy());
    if (broken || cutting-- > 0) return void near.resetAndDestroy();
    if (ignoring-- > 0) {
      open.add(near);
      return void near.resume();
    }
    const far = connect(Number(port), hostname);
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cutAll = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connectionCount: () => count,
    cut() {
      broken = true;
      cutAll();
    },
    cutNext(connections) {
      cutting = connections;
    },
    ignoreNext(connections) {
      ignoring = connections;
    },
    freeze() {
      for (const socket of open) socket.unpipe().pause();
    },
    mend() {
      broken = false;
    },
    lead(other) {
      ({ hostname, port } = new URL(other));
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      cutAll();
      await closed;
    },
  };
}
