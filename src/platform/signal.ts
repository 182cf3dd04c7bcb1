import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Logger } from './logger.ts';

/**
 * Wake-ups between the parts of a process and between processes. A signal is a hint: it may be lost, doubled or late, so
 * whoever waits for one also looks at the truth now and then. In process it arrives at once; to other processes it goes
 * by NOTIFY over a connection of its own, which is opened again whenever it breaks.
 */
export interface Signals {
  /** Tells everybody who listens to the topic, here and in other processes. Never throws, never waits. */
  publish(topic: string, payload: string): void;
  /** Returns how to stop listening. */
  listen(topic: string, listener: (payload: string) => void): () => void;
  /** Called whenever signals may have been lost: after the connection broke and is back. */
  onGap(listener: () => void): () => void;
  /** Whether signals of other processes arrive. */
  readonly connected: boolean;
  close(): Promise<void>;
}

export const CHANNEL = 'duely';
/** PostgreSQL takes 8,000 bytes in one notification. */
const MESSAGE_MAX_BYTES = 7_900;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;

export type Signal = [topic: string, payload: string];

export function openSignals(options: { url: string; logger: Logger }): Signals {
  const self = randomUUID().slice(0, 8);
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const gapListeners = new Set<() => void>();
  let client: pg.Client | null = null;
  let queue: Signal[] = [];
  let sending = false;
  let closed = false;
  let delay = RECONNECT_MIN_MS;
  let timer: NodeJS.Timeout | undefined;

  const deliver = ([topic, payload]: Signal) => {
    for (const listener of listeners.get(topic) ?? []) listener(payload);
  };

  const receive = (message: string) => {
    const [sender, signals] = JSON.parse(message) as [string, Signal[]];
    if (sender !== self) for (const signal of signals) deliver(signal);
  };

  /** One statement for whatever came together while the last one was under way. */
  const send = async () => {
    if (sending || !client || queue.length === 0) return;
    sending = true;
    try {
      while (client && queue.length > 0) {
        const messages = pack(self, queue);
        queue = [];
        await client.query('select pg_notify($1, message) from unnest($2::text[]) as message', [CHANNEL, messages]);
      }
    } catch (error) {
      // Lost hints are found by whoever looks at the truth now and then.
      options.logger.warn({ err: error }, 'a wake-up could not be sent to other processes');
    } finally {
      sending = false;
    }
  };

  const connect = async () => {
    if (closed) return;
    const next = new pg.Client({
      connectionString: options.url,
      application_name: 'duely signals',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    let isLost = false;
    const lost = () => {
      // An error is told by the event and by the query under way: one new connection is enough.
      if (isLost) return;
      isLost = true;
      if (client === next) client = null;
      next.removeAllListeners();
      next.on('error', () => {});
      next.end().catch(() => {});
      if (closed) return;
      timer = setTimeout(connect, delay);
      delay = Math.min(delay * 2, RECONNECT_MAX_MS);
    };
    next.on('notification', ({ payload }) => payload && receive(payload));
    // Before it connects: the server may end it in the same breath.
    next.on('error', error => {
      if (!closed) options.logger.warn({ err: error }, 'the connection for wake-ups broke; it is opened again');
      lost();
    });
    try {
      await next.connect();
      next.on('end', lost);
      await next.query(`listen ${CHANNEL}`);
    } catch (error) {
      options.logger.warn({ err: error }, 'the connection for wake-ups cannot be opened; trying again');
      return lost();
    }
    if (closed) return void next.end().catch(() => {});
    client = next;
    delay = RECONNECT_MIN_MS;
    for (const listener of gapListeners) listener();
    void send();
  };
  void connect();

  return {
    publish(topic, payload) {
      const signal: Signal = [topic, payload];
      deliver(signal);
      // While there is no connection nobody could be told: the receivers' own look at the truth finds it.
      if (!client) return;
      queue.push(signal);
      queueMicrotask(send);
    },
    listen(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(topic);
      };
    },
    onGap(listener) {
      gapListeners.add(listener);
      return () => gapListeners.delete(listener);
    },
    get connected() {
      return client !== null;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = client;
      client = null;
      last?.removeAllListeners();
      last?.on('error', () => {});
      await last?.end().catch(() => {});
    },
  };
}

/** As few messages as PostgreSQL's limit allows, each marked with its sender. */
export function pack(sender: string, signals: readonly Signal[]): string[] {
  const messages: string[] = [];
  let batch: Signal[] = [];
  let size = 0;
  for (const signal of signals) {
    const bytes = Buffer.byteLength(JSON.stringify(signal)) + 1;
    if (size + bytes > MESSAGE_MAX_BYTES - 20 && batch.length > 0) {
      messages.push(JSON.stringify([sender, batch]));
      batch = [];
      size = 0;
    }
    batch.push(signal);
    size += bytes;
  }
  messages.push(JSON.stringify([sender, batch]));
  return messages;
}
