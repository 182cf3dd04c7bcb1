import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { Observation } from '../observation.ts';
import { JobWork } from '../work.ts';

export interface RepeatedOptions {
  /** For the log. */
  readonly name: string;
  /** From the end of one run to the beginning of the next. */
  readonly pauseMs: number;
  /** Any number of processes do it at the same time. The signal aborts where the process stops. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  readonly logger: Logger;
  /** Is told of each run. Left out: nobody is. */
  readonly observation?: Observation;
}

/** Work that every process does again and again, more often than a schedule of jobs can be: one run after the other. */
export class Repeated {
  readonly #options: RepeatedOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: RepeatedOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** No run begins any more. The one under way has so long to finish. */
  async stop(patienceMs: number): Promise<void> {
    this.#stopping.abort();
    await Promise.race([this.#running, sleep(patienceMs, undefined, { ref: false })]);
  }

  async #run(): Promise<void> {
    const { name, pauseMs, work, logger, observation = new Observation() } = this.#options;
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const run = new JobWork({ job: name, jobId: null });
        await observation.run(run, () => run.noting(() => work(signal)));
        if (failures > 0) logger.info({ work: name, failures }, 'repeated work goes on');
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        // Of a database that is away, each run would tell anew.
        const level = failures === 1 ? 'warn' : 'debug';
        logger[level]({ err: error, work: name }, 'repeated work failed; it is tried again');
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }
}
