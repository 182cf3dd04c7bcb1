import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
const PATIENCE_MS = 1_000;

/** What spreads connections over servers, as it stands before any that are several. */
export interface Balancer extends AsyncDisposable {
  readonly url: string;
  /** Which servers are given new connections, as it saw them last. */
  ready(): readonly string[];
}

/**
 * Hands each new connection on to one of the servers that say at /ready that they are, in turn. It knows nothing of HTTP:
 * what is sent on a connection stays with its server, and nothing is sent twice.
 */
export async function startBalancer(targets: readonly string[]): Promise<Balancer> {
  let ready: readonly string[] = [];
  let stopped = false;
  let turn = 0;
  const open = new Set<Socket>();

  const look = async () => {
    while (!stopped) {
      const states = await Promise.all(targets.map(readiness));
      // One that is only slow to say so stays as it was.
      ready = targets.filter((target, index) => states[index] ?? ready.includes(target));
      await sleep(LOOK_EVERY_MS);
    }
  };

  const server = createServer(near => {
    near.on('error', () => near.destroy());
    open.add(near);
    near.on('close', () => open.delete(near));
    void handOn(near);
  });

  /** To the next one where one takes no connections any more: nothing was sent yet. */
  const handOn = async (near: Socket) => {
    for (let tries = 0; tries < 2 * targets.length && ready.length > 0; tries += 1) {
      turn += 1;
      const { hostname, port } = new URL(ready[turn % ready.length] ?? '');
      const far = connect(Number(port), hostname);
      try {
        await once(far, 'connect');
      } catch {
        continue;
      }
      open.add(far);
      far.on('error', () => near.destroy());
      near.on('close', () => far.destroy());
      far.on('close', () => {
        open.delete(far);
        near.destroy();
      });
      near.pipe(far).pipe(near);
      return;
    }
    near.resetAndDestroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const looking = look();

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ready: () => ready,
    async [Symbol.asyncDispose]() {
      stopped = true;
      await looking;
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Null where it did not say in time. */
async function readiness(target: string): Promise<boolean | null> {
  try {
    const { ok } = await fetch(`${target}/ready`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      headers: { connection: 'close' },
    });
    return ok;
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError' ? null : false;
  }
}
