import { METHODS } from 'node:http';
import type { Metrics } from '../platform/metrics.ts';
import type { Observer } from '../platform/observation.ts';
import { CountTally } from '../platform/tally.ts';
import { RequestWork } from '../platform/work.ts';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Counts requests. Callers choose the path, so that what is not served is counted together. */
export function createRequestMetrics({ registry }: Pick<Metrics, 'registry'>): Observer {
  const requests = new CountTally({
    name: 'duely_http_requests_total',
    help: 'Requests by what answered them ("other" where nothing is at that path), method, and status; "none" where the client left before there was one.',
    labelNames: ['route', 'method', 'status'],
    registers: [registry],
  });
  return {
    workEnded(work) {
      if (!(work instanceof RequestWork)) return;
      const route = work.route ?? 'other';
      const method = KNOWN_METHODS.has(work.method) ? work.method : 'other';
      const status = work.status ?? 'none';
      requests.add(`${status} ${method} ${route}`, () => ({ route, method, status: String(status) }));
    },
  };
}
