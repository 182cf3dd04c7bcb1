import { setTimeout as sleep } from 'node:timers/promises';
import { AggregatorRegistry, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { createNoFellows, type Fellows } from './processes/fellows.ts';

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

const TOPIC = 'metrics';

/** Prometheus gives up after ten seconds unless told. */
const PATIENCE_MS = 5_000;

/**
 * The numbers of this process and of its fellows, for Prometheus. Features register theirs in `registry`, which is no global
 * one, so that several servers in one process keep theirs apart; those of several processes are added up, unless a number's
 * `aggregator` says otherwise.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #logger: Logger;
  readonly #fellows: Fellows;
  readonly #measurements: Measurement[] = [];
  readonly #up: Gauge<'measurement'>;
  #measuring: Promise<void> | null = null;
  #isScraped = false;

  constructor(logger: Logger, fellows: Fellows = createNoFellows()) {
    this.#logger = logger;
    this.#fellows = fellows;
    fellows.answer(TOPIC, () => this.#read());
    this.#up = new Gauge({
      name: 'duely_measurement_up',
      help: 'Whether what has to be looked up for these numbers could be: 1, or 0 where the database did not answer in time.',
      labelNames: ['measurement'],
      aggregator: 'min',
      registers: [this.registry],
    });
  }

  /** From now on it is measured for each scrape. What is looked up is the same for all processes: none of it is added up. */
  measure(measurement: Measurement): void {
    for (const gauge of measurement.gauges) Object.assign(gauge, { aggregator: 'max' });
    this.#measurements.push(measurement);
  }

  readonly contentType: string = Registry.PROMETHEUS_CONTENT_TYPE;

  /** All numbers, as Prometheus reads them. Never fails for a measurement: the other numbers matter most then. */
  async scrape(): Promise<string> {
    const all = await this.#fellows.ask(TOPIC);
    const registry = all.length > 1 ? AggregatorRegistry.aggregate(all as object[]) : this.registry;
    const text = await registry.metrics();
    // The library's spelling is not the format's.
    return text.replace(/ Nan$/gm, ' NaN');
  }

  async #read(): Promise<object> {
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
    return this.registry.getMetricsAsJSON();
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
