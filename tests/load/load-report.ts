import type { Detail } from '../bench/live-report.ts';
import type { Row } from '../bench/report.ts';
import { FLAT, growth, type SteadyLoad, type SteadyResult } from './steady-load.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

/** What of a steady load is judged: that the server holds no more in the end, and that nobody failed. */
export function loadRow({ minutes, sockets }: SteadyLoad, { perSecond, load, memory }: SteadyResult): Row {
  const ratio = growth(memory, 'heapUsed');
  return {
    work: `memory under ${Math.round(perSecond)} operations a second for ${minutes} minutes, ${sockets} sockets beside it`,
    against: 'the last quarter of the time beside the one before; nobody failed',
    ours: `${(100 * (ratio - 1)).toFixed(1)} % more, ${load.failed} failed`,
    theirs: '–',
    ratio,
    target: `at most ${FLAT}`,
    met: ratio <= FLAT && load.failed === 0,
  };
}

export function loadDetails({ load, receipt, memory }: SteadyResult): Detail[] {
  const sorted = receipt.toSorted((a, b) => a - b);
  const points = memory.map(({ heapUsed, rss }) => `${megabytes(heapUsed)} of ${megabytes(rss)}`);
  return [
    { measured: 'load: operations answered', value: load.answered.toLocaleString('en') },
    { measured: 'load: time of an answer, p50', value: `${load.p50.toFixed(1)} ms` },
    { measured: 'load: time of an answer, p99', value: `${load.p99.toFixed(1)} ms` },
    { measured: 'load: slowest answer', value: `${load.slowest.toFixed(1)} ms` },
    { measured: 'load: change to its follower, p99', value: `${sorted[Math.floor(sorted.length * 0.99)] ?? 0} ms` },
    { measured: 'load: V8’s heap and the whole process, over time', value: points.join(', ') },
    ...load.failures.map(failure => ({ measured: 'load: a failure', value: failure })),
  ];
}
