import { Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';

/** What this process is, and whether it reaches what it depends on besides the database. */
export function createProcessMetrics(
  { registry }: Pick<Metrics, 'registry'>,
  {
    version,
    signals,
    redis,
  }: {
    version: string;
    signals: { readonly connected: boolean };
    /** Null where none is set. */
    redis: { readonly isReady: boolean } | null;
  },
): void {
  const registers = [registry];
  new Gauge({
    name: 'duely_build_info',
    help: 'Always 1: the labels say which release runs, on which Node.',
    labelNames: ['version', 'node'],
    aggregator: 'first',
    registers,
  }).set({ version, node: process.versions.node }, 1);
  new Gauge({
    name: 'duely_listener_connected',
    help: 'Whether wake-ups of other processes arrive: 1 or 0. Without, changes of other processes come some seconds later.',
    aggregator: 'min',
    registers,
    collect() {
      this.set(signals.connected ? 1 : 0);
    },
  });
  if (!redis) return;
  new Gauge({
    name: 'duely_redis_connected',
    help: 'Whether Redis answers: 1 or 0. Without, each process counts calls alone. Missing where REDIS_URL is not set.',
    aggregator: 'min',
    registers,
    collect() {
      this.set(redis.isReady ? 1 : 0);
    },
  });
}
