import type { Measure } from './load.ts';

export interface Row {
  readonly work: string;
  readonly against: string;
  readonly ours: string;
  readonly theirs: string;
  readonly ratio: number | null;
  /** Null where nothing is aimed at. */
  readonly target: string | null;
  readonly met: boolean | null;
}

const perSecond = ({ requestsPerSecond }: Measure) => `${Math.round(requestsPerSecond).toLocaleString('en')}/s`;
const milliseconds = (measure: Measure) => `${timeOf(measure).toFixed(2)} ms`;
/** Of one request where they come one after the other, in milliseconds. */
const timeOf = ({ requestsPerSecond }: Measure) => 1000 / requestsPerSecond;

/** More answers in the same time are better: ours over theirs. */
export function faster(work: string, against: string, ours: Measure, theirs: Measure, atLeast: number): Row {
  const ratio = ours.requestsPerSecond / theirs.requestsPerSecond;
  const target = `at least ${atLeast}`;
  return { work, against, ours: perSecond(ours), theirs: perSecond(theirs), ratio, target, met: ratio >= atLeast };
}

/** A longer time is worse: that of the larger case over that of the smaller one. */
export function slower(work: string, against: string, larger: Measure, smaller: Measure, atMost: number): Row {
  const ratio = timeOf(larger) / timeOf(smaller);
  const target = `at most ${atMost}`;
  return {
    work,
    against,
    ours: milliseconds(larger),
    theirs: milliseconds(smaller),
    ratio,
    target,
    met: ratio <= atMost,
  };
}

/** Two kinds of calls that must not be told apart by their time: the slower one over the quicker one. */
export function alike(work: string, [one, other]: readonly [number, number], atMost: number): Row {
  const ratio = Math.max(one, other) / Math.min(one, other);
  return {
    work,
    against: 'the same for no account',
    ours: `${one.toFixed(2)} ms`,
    theirs: `${other.toFixed(2)} ms`,
    ratio,
    target: `at most ${atMost}`,
    met: ratio <= atMost,
  };
}

export function within(work: string, against: string, seconds: number, atMost: number): Row {
  const ours = `${seconds.toFixed(2)} s`;
  return { work, against, ours, theirs: '–', ratio: null, target: `at most ${atMost} s`, met: seconds <= atMost };
}

export function resultTable(rows: readonly Row[]): string {
  return table(
    ['work', 'against', 'Duely', 'the other', 'ratio', 'target', 'met'],
    rows.map(row => [
      row.work,
      row.against,
      row.ours,
      row.theirs,
      row.ratio?.toFixed(2) ?? '–',
      row.target ?? '–',
      row.met === null ? '–' : row.met ? 'yes' : 'no',
    ]),
  );
}

export function detailTable(measures: Readonly<Record<string, Measure>>): string {
  return table(
    ['measured', 'requests a second', 'p50 ms', 'p99 ms', 'server CPU µs a request'],
    Object.entries(measures).map(([name, { requestsPerSecond, p50, p99, processorMicros }]) => [
      name,
      Math.round(requestsPerSecond).toLocaleString('en'),
      String(p50),
      String(p99),
      processorMicros === null ? '–' : String(Math.round(processorMicros)),
    ]),
  );
}

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');
