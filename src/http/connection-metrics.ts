import { Gauge } from 'prom-client';
import type { Metrics } from '../platform/metrics.ts';

/** What is open for long, by what counts it. */
export interface Connections {
  /** Null in a process that serves none. */
  readonly sockets: { readonly open: number } | null;
  readonly streams: { readonly openCount: number };
}

export function createConnectionMetrics(
  { registry }: Pick<Metrics, 'registry'>,
  { sockets, streams }: Connections,
): void {
  const registers = [registry];
  new Gauge({
    name: 'duely_sockets_open',
    help: 'WebSockets that are open.',
    registers,
    collect() {
      this.set(sockets?.open ?? 0);
    },
  });
  new Gauge({
    name: 'duely_event_streams_open',
    help: 'Streams of server-sent events that are open.',
    registers,
    collect() {
      this.set(streams.openCount);
    },
  });
}
