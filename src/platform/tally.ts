import { Counter, type CounterConfiguration, Histogram, type HistogramConfiguration } from 'prom-client';

/** So many are kept at the most before they are put into their histogram. */
const KEPT_MAX = 512;

type Labels = Partial<Record<string, string>>;

/**
 * A counter for what happens with every request: kept as plain numbers until somebody reads them, because the library looks
 * its labels up each time. `key` stands for the labels, which are asked for once.
 */
export class CountTally {
  readonly #counts = new Map<string, { readonly labels: Labels; count: number }>();

  constructor(configuration: CounterConfiguration<string>) {
    const counts = this.#counts;
    new Counter({
      ...configuration,
      collect() {
        for (const { labels, count } of counts.values()) this.inc(labels, count);
        counts.clear();
      },
    });
  }

  add(key: string, labels: () => Labels): void {
    const known = this.#counts.get(key);
    if (known) known.count += 1;
    else this.#counts.set(key, { labels: labels(), count: 1 });
  }
}

/** The same for a histogram. */
export class TimeTally {
  readonly #histogram: Histogram<string>;
  readonly #times = new Map<string, { readonly labels: Labels; readonly seconds: number[] }>();

  constructor(configuration: HistogramConfiguration<string>) {
    this.#histogram = new Histogram({ ...configuration, collect: () => this.#flush() });
  }

  add(key: string, seconds: number, labels: () => Labels): void {
    let kept = this.#times.get(key);
    if (!kept) {
      kept = { labels: labels(), seconds: [] };
      this.#times.set(key, kept);
    }
    kept.seconds.push(seconds);
    if (kept.seconds.length >= KEPT_MAX) this.#flush();
  }

  #flush(): void {
    for (const { labels, seconds } of this.#times.values())
      for (const one of seconds) this.#histogram.observe(labels, one);
    this.#times.clear();
  }
}
