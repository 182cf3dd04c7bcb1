import { type Contender, checkOnce, type Measure, putLoad } from './load.ts';

export interface Pace {
  readonly rounds: number;
  readonly roundSeconds: number;
  /** At the most: see WARM_AFTER. */
  readonly warmUpSeconds: number;
}

/** So many answers later V8 has compiled what runs often: by then a server is as fast as it gets. */
const WARM_AFTER = 6_000;

async function warmUp(contender: Contender, { roundSeconds, warmUpSeconds }: Pace): Promise<void> {
  await checkOnce(contender);
  let answered = 0;
  for (let seconds = 0; seconds < warmUpSeconds && answered < WARM_AFTER; seconds += roundSeconds) {
    answered += (await putLoad(contender, roundSeconds)).answered;
  }
}

/** Measures the contenders in turn, several rounds, so that what else the machine does falls on all of them alike. */
export async function compare<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  pace: Pace,
): Promise<Record<Name, Measure>> {
  const all = Object.entries(contenders) as [Name, Contender][];
  const taken = new Map(all.map(([name]) => [name, [] as Measure[]]));
  for (const [, contender] of all) await warmUp(contender, pace);
  for (let round = 0; round < pace.rounds; round += 1) {
    for (const [name, contender] of all) taken.get(name)?.push(await putLoad(contender, pace.roundSeconds));
  }
  return Object.fromEntries([...taken].map(([name, measures]) => [name, medians(measures)])) as Record<Name, Measure>;
}

const medians = (measures: readonly Measure[]): Measure => ({
  answered: measures.reduce((sum, measure) => sum + measure.answered, 0),
  requestsPerSecond: median(measures.map(measure => measure.requestsPerSecond)),
  p50: median(measures.map(measure => measure.p50)),
  p99: median(measures.map(measure => measure.p99)),
  processorMicros: measures.some(measure => measure.processorMicros === null)
    ? null
    : median(measures.map(measure => measure.processorMicros ?? 0)),
});

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
