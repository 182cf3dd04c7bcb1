import type { Services } from '../../graphql/context.ts';
import type { Device } from '../../identity/session.service.ts';
import type { Viewer } from '../../identity/viewer.ts';
import { untilEnd } from '../../identity/viewer-end.ts';
import { type ApiError, unauthenticated } from '../../platform/errors.ts';
import { bearerToken } from '../caller.ts';

/** Who a socket belongs to. Ends with the viewer's rights, and can be given a new token while it is open. */
export class SocketSession {
  readonly #services: Services;
  readonly #device: Device;
  readonly #onEnd: (why: ApiError) => void;
  #viewer: Viewer | null = null;
  #stopWaiting: () => void = () => {};
  #over = false;
  #running = 0;
  #onIdle: () => void = () => {};

  /** `onEnd` is told why, once. */
  constructor(services: Services, device: Device, onEnd: (why: ApiError) => void) {
    this.#services = services;
    this.#device = device;
    this.#onEnd = onEnd;
  }

  /** Null until somebody has signed in. */
  get viewer(): Viewer | null {
    return this.#viewer;
  }

  /**
   * Signs in by the token of an Authorization header or of the connection's parameters; later ones have to be the same
   * person's. Answers false where the session has ended, which `onEnd` was told. Throws where it cannot be looked up.
   */
  async signIn(authorization: unknown): Promise<boolean> {
    const token = bearerToken(authorization);
    const viewer = token === null ? 'MISSING' : await this.#services.viewers.byToken(token, this.#device);
    if (this.#over) return false;
    if (typeof viewer === 'string') return this.#end(unauthenticated(viewer));
    if (this.#viewer && this.#viewer.userId !== viewer.userId)
      return this.#end(unauthenticated('INVALID', 'This token is of another account: open a new socket for it.'));
    this.#viewer = viewer;
    this.#stopWaiting();
    this.#stopWaiting = untilEnd(this.#services.viewers, this.#services.clock, viewer, why => this.#end(why));
    return true;
  }

  /** Operations that have one answer: a socket that closes in the midst of one leaves open whether it was done. */
  async run<Result>(operation: Promise<Result>): Promise<Result> {
    this.#running += 1;
    try {
      return await operation;
    } finally {
      this.#running -= 1;
      // Once the answer is on its way, which takes some turns of promises and none of the loop.
      if (this.#running === 0) setImmediate(() => this.#onIdle());
    }
  }

  /** When no such operation is under way, and after so long in any case. */
  async idle(patienceMs: number): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, patienceMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** The socket is closed. */
  close(): void {
    this.#over = true;
    this.#stopWaiting();
  }

  #end(why: ApiError): false {
    this.close();
    this.#onEnd(why);
    return false;
  }
}
