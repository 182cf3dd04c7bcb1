import type { Latency } from './latency.ts';
import { type Row, table } from './report.ts';
import type { SocketCosts } from './sockets.ts';

/** A number that explains a row. */
export interface Detail {
  readonly measured: string;
  readonly value: string;
}

const SOCKET_EXTRA_KB_MAX = 10;
const LATENCY_MS_MAX = 50;

const count = (value: number): string => Math.round(value).toLocaleString('en');
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

/** Of what the operating system gave the processes: an operator pays for that, not for V8's heap alone. */
export function socketRow(sockets: number, { duely, bare }: SocketCosts): Row {
  return {
    work: `a socket with a subscription, of ${count(sockets)}`,
    against: 'a bare graphql-ws server that parses each document once',
    ours: kilobytes(duely.rss),
    theirs: kilobytes(bare.rss),
    ratio: duely.rss / bare.rss,
    target: `at most ${SOCKET_EXTRA_KB_MAX} KB more`,
    met: duely.rss - bare.rss <= SOCKET_EXTRA_KB_MAX * 1024,
  };
}

export const socketDetails = ({ duely, bare }: SocketCosts): Detail[] => [
  { measured: 'a socket: memory of the process beyond the bare one’s', value: kilobytes(duely.rss - bare.rss) },
  { measured: 'a socket: V8’s heap in Duely', value: kilobytes(duely.heapUsed) },
  { measured: 'a socket: V8’s heap in the bare server', value: kilobytes(bare.heapUsed) },
];

/** The time below which so many of a hundred lie. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}

const milliseconds = (values: readonly number[], percent: number): string =>
  `${percentile(values, percent).toFixed(1)} ms`;

export function latencyRow(load: { people: number; perSecond: number }, { receipt }: Latency): Row {
  return {
    work: `a change to its subscriber, p99: ${count(load.people)} people with a socket each, ${load.perSecond} changes a second`,
    against: 'from just ahead of the commit to the receipt',
    ours: milliseconds(receipt, 99),
    theirs: '–',
    ratio: null,
    target: `at most ${LATENCY_MS_MAX} ms`,
    met: percentile(receipt, 99) <= LATENCY_MS_MAX,
  };
}

export const latencyDetails = ({ receipt, answer, perSecond }: Latency): Detail[] => [
  { measured: 'latency: changes a second', value: perSecond.toFixed(1) },
  ...[50, 99, 100].flatMap(percent => [
    { measured: `latency: change to receipt, p${percent}`, value: milliseconds(receipt, percent) },
    { measured: `latency: createTodo’s answer, p${percent}`, value: milliseconds(answer, percent) },
  ]),
];

interface Burst {
  readonly sockets: number;
  readonly changes: number;
}

export function burstRow({ sockets, changes }: Burst, seconds: number): Row {
  return {
    work: `a burst of ${count(changes)} changes, to ${sockets} sockets of their owner`,
    against: 'from just ahead of the commit to the last receipt',
    ours: `${seconds.toFixed(2)} s`,
    theirs: '–',
    ratio: null,
    target: null,
    met: null,
  };
}

export const burstDetails = ({ sockets, changes }: Burst, seconds: number): Detail[] => [
  { measured: 'burst: changes delivered a second, all sockets together', value: count((changes * sockets) / seconds) },
];

export const liveDetailTable = (details: readonly Detail[]): string =>
  table(
    ['measured', 'value'],
    details.map(({ measured, value }) => [measured, value]),
  );
