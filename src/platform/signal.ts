import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './logger.ts';
import type { Redis } from './redis.ts';
import type { ChannelListener, SignalChannel } from './signals/channel.ts';
import { pack, type Signal, unpack } from './signals/messages.ts';
import { openNotifyChannel } from './signals/notify-channel.ts';
import { openRedisChannel } from './signals/redis-channel.ts';

/**
 * Wake-ups between the parts of a process and between processes. A signal is a hint: it may be lost, doubled or late, so
 * whoever waits for one also looks at the truth now and then. In process it arrives at once.
 */
export interface Signals {
  /** Tells everybody who listens to the topic, here and in other processes. Never throws, never waits. */
  publish(topic: string, payload: string): void;
  /** Returns how to stop listening. */
  listen(topic: string, listener: (payload: string) => void): () => void;
  /** Called whenever signals may have been lost: after a connection broke and is back. */
  onGap(listener: () => void): () => void;
  /** Whether signals of other processes arrive. */
  readonly connected: boolean;
  /** What was published is still sent. */
  close(): Promise<void>;
}

/** To send what was published before the end. */
const LAST_WORDS_MS = 1_000;

export interface SignalOptions {
  /** Of the database: a connection that knows sessions, past any transaction pooler. */
  readonly url: string;
  /** Null or left out: signals go by NOTIFY. */
  readonly redis?: Redis | null;
  readonly logger: Logger;
}

/**
 * Signals that reach other processes by Redis, where there is one, and by NOTIFY otherwise. Every process listens to both: one
 * that cannot reach Redis, or a command that does not know it, is heard all the same.
 */
export function openSignals({ url, redis = null, logger }: SignalOptions): Signals {
  const self = randomUUID().slice(0, 8);
  const listeners = new Map<string, Set<(payload: string) => void>>();
  const gapListeners = new Set<() => void>();
  let queue: Signal[] = [];
  let sending: Promise<void> | null = null;

  const deliver = ([topic, payload]: Signal) => {
    for (const listener of listeners.get(topic) ?? []) listener(payload);
  };
  const ear: ChannelListener = {
    onMessage(message) {
      const [sender, signals] = unpack(message) ?? [self, []];
      if (sender !== self) for (const signal of signals) deliver(signal);
    },
    onConnected() {
      for (const listener of gapListeners) listener();
    },
  };
  const notifyChannel = openNotifyChannel({ url, logger }, ear);
  /** The one that is preferred first. */
  const channels = redis ? [openRedisChannel(redis, ear), notifyChannel] : [notifyChannel];
  const isConnected = () => channels.some(({ connected }) => connected);

  const sendAll = async () => {
    // One message for whatever came together while the last one was under way.
    while (queue.length > 0) {
      const messages = pack(self, queue);
      queue = [];
      await sendBy(channels, messages).catch((error: unknown) =>
        // Lost hints are found by whoever looks at the truth now and then.
        logger.warn({ err: error }, 'a wake-up could not be sent to other processes'),
      );
    }
    sending = null;
  };
  const send = () => {
    if (!sending && queue.length > 0) sending = sendAll();
  };

  return {
    publish(topic, payload) {
      const signal: Signal = [topic, payload];
      deliver(signal);
      // While there is no connection nobody could be told: the receivers' own look at the truth finds it.
      if (!isConnected()) return;
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
      return isConnected();
    },
    async close() {
      send();
      await Promise.race([sending, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
      await Promise.all(channels.map(channel => channel.close()));
    },
  };
}

/** By the first that takes them. Where others may not hear it, the next one sends too: twice is better than never. */
async function sendBy(channels: readonly SignalChannel[], messages: readonly string[]): Promise<void> {
  let failure: unknown = null;
  for (const channel of channels.filter(({ connected }) => connected)) {
    try {
      await channel.send(messages);
      if (channel.isSettled) return;
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== null) throw failure;
}
