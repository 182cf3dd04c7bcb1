import { Gauge } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';
import type { FeedReader } from './reader.ts';

/** Shows how far this process's followers of feeds are behind. */
export function createFeedMetrics({ registry }: Pick<Metrics, 'registry'>, feed: FeedReader): void {
  const registers = [registry];
  new Gauge({
    name: 'duely_feed_followers',
    help: 'Who follows a feed of changes: subscriptions that are open.',
    registers,
    collect() {
      this.set(feed.followerCount);
    },
  });
  new Gauge({
    name: 'duely_feed_waiting_changes',
    help: 'Changes that are known to be there and that their followers have not taken yet, of all followers together.',
    registers,
    collect() {
      this.set(feed.lag(Date.now()).changes);
    },
  });
  new Gauge({
    name: 'duely_feed_lag_seconds',
    help: 'How long the change has waited that waits longest for its follower; 0 where none does. One client that reads slowly is enough.',
    aggregator: 'max',
    registers,
    collect() {
      this.set(feed.lag(Date.now()).ms / 1_000);
    },
  });
}
