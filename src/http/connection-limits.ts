/** Counts what is open for each key: an address, a viewer. */
export class ConnectionLimit {
  readonly max: number;
  readonly #open = new Map<string, number>();

  constructor(max: number) {
    this.max = max;
  }

  /** Takes a place; answers how to give it back, or null where all are taken. Giving back twice is once. */
  take(key: string): (() => void) | null {
    const count = this.#open.get(key) ?? 0;
    if (count >= this.max) return null;
    this.#open.set(key, count + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      const left = (this.#open.get(key) ?? 1) - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }
}

/** Of what stays open: sockets, and streams of events over HTTP, counted together. */
export interface ConnectionLimits {
  readonly perAddress: ConnectionLimit;
  readonly perViewer: ConnectionLimit;
}
