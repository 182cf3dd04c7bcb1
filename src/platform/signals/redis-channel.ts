import type { Redis } from '../redis.ts';
import type { ChannelListener, SignalChannel } from './channel.ts';

/** Longer than it takes the other processes to connect again to a Redis that is back. */
const SETTLING_MS = 5_000;

/** PUBLISH and SUBSCRIBE, over the connection that there is: RESP3 tells messages and answers apart. */
export function openRedisChannel(redis: Redis, { onMessage, onConnected }: ChannelListener): SignalChannel {
  const channel = redis.key('signals');
  let connectedAt = 0;
  const subscription = redis.subscribe(channel, {
    onMessage,
    onSubscribed() {
      connectedAt = performance.now();
      onConnected();
    },
  });
  return {
    get connected() {
      return subscription.isHeard;
    },
    get isSettled() {
      return performance.now() - connectedAt > SETTLING_MS;
    },
    async send(messages) {
      await redis.run(client => Promise.all(messages.map(message => client.publish(channel, message))));
    },
    // It ends with its connection.
    async close() {},
  };
}
