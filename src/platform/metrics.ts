import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Logger } from './logger.ts';

/** Numbers that are looked up when they are asked for, such as how many rows wait. */
export interface Measurement {
  /** The label under which its failures are told. */
  readonly name: string;
  /** What it fills; empty where it fails, so that nobody takes an old number for a new one. All of them have labels. */
  readonly gauges: readonly Gauge[];
  measure(): Promise<void>;
}

/** Upper bounds for how long a call to another server takes: up to a minute and a half where a person answers it. */
export const CALL_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90] as const;

/** Prometheus gives up after ten seconds unless told. */
const PATIENCE_MS = 5_000;

/**
 * The numbers of this process, for Prometheus. Features register theirs in `registry`, which is no global one, so that
 * several servers in one process keep theirs apart.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #logger: Logger;
  readonly #measurements: Measurement[] = [];
  readonly #up: Gauge<'measurement'>;
  #measuring: Promise<void> | null = null;
  #isScraped = false;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#up = new Gauge({
      name: 'duely_measurement_up',
      help: 'Whether what has to be looked up for these numbers could be: 1, or 0 where the database did not answer in time.',
      labelNames: ['measurement'],
      registers: [this.registry],
    });
  }

  /** From now on it is measured for each scrape. */
  measure(measurement: Measurement): void {
    this.#measurements.push(measurement);
  }

  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;

  /** All numbers, as Prometheus reads them. Never fails for a measurement: the other numbers matter most then. */
  async scrape(): Promise<string> {
    // Where nobody reads them, nobody watches the loop and the garbage collector for them either.
    if (!this.#isScraped) collectDefaultMetrics({ register: this.registry });
    this.#isScraped = true;
    // Two scrapes at once are one look into the database.
    this.#measuring ??= Promise.all(this.#measurements.map(one => this.#take(one)))
      .then(() => {})
      .finally(() => {
        this.#measuring = null;
      });
    await this.#measuring;
    const text = await this.registry.metrics();
    // The library's spelling is not the format's.
    return text.replace(/ Nan$/gm, ' NaN');
  }

  async #take(measurement: Measurement): Promise<void> {
    const { name, gauges } = measurement;
    const late = new AbortController();
    try {
      await Promise.race([
        measurement.measure(),
        sleep(PATIENCE_MS, undefined, { ref: false, signal: late.signal }).then(() => {
          throw new Error(`Measuring took more than ${PATIENCE_MS} ms.`);
        }),
      ]);
      this.#up.set({ measurement: name }, 1);
    } catch (error) {
      for (const gauge of gauges) gauge.reset();
      this.#up.set({ measurement: name }, 0);
      this.#logger.warn({ err: error, measurement: name }, 'numbers for /metrics could not be looked up');
    } finally {
      late.abort();
    }
  }
}
