import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { ANSWER_TIMEOUT_MS, isMessage, type ToProcess, type ToSupervisor } from './messages.ts';

export interface SupervisorOptions {
  /** How many processes serve. */
  readonly count: number;
  /** What they find in their environment, besides this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

type Serving = Extract<ToSupervisor, { kind: 'serving' }>;
export type Addresses = Pick<Serving, 'url' | 'metricsUrl'>;

/** A process that ended is replaced after so long; one that ends again and again, ever later. */
const RESTART_MIN_MS = 100;
const RESTART_MAX_MS = 30_000;
/** One that served for so long was well: its end counts as the first. */
const WELL_MS = 60_000;

/**
 * Runs this program several times behind one port (node:cluster): this process takes the connections and hands them out in
 * turn. A process that ends is replaced, the others go on meanwhile.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #stopping = new AbortController();
  readonly #replacing: Promise<void>[] = [];
  readonly #questions = new Map<number, (answer: unknown) => void>();
  #asked = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /**
   * Answers with the addresses when all of them serve, and with null where they were stopped before. Throws a SetupError where
   * the first one cannot serve: it has said why, and so would the others.
   */
  async start(): Promise<Addresses | null> {
    cluster.on('message', (sender, message: unknown) => {
      if (isMessage(message)) this.#hear(sender, message as ToSupervisor);
    });
    const first = await this.#startOne();
    if (this.#stopping.signal.aborted) return null;
    if (first === null) throw new SetupError('The first process did not come to serve: see above.');
    this.#keep(first.worker);
    const others = Array.from({ length: this.#options.count - 1 }, async () => {
      const other = await this.#startOne();
      if (other) this.#keep(other.worker);
      else this.#replace(1);
    });
    await Promise.all(others);
    return this.#stopping.signal.aborted ? null : first.addresses;
  }

  /** All stop in the orderly way. What that takes is theirs to bound. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(running().map(worker => this.#end(worker, () => tell(worker, { kind: 'stop' }))));
    await Promise.all(this.#replacing);
  }

  /** All end at once. */
  kill(): void {
    this.#stopping.abort();
    for (const worker of running()) worker.process.kill('SIGKILL');
  }

  async #end(worker: Worker, ask: () => void): Promise<void> {
    const gone = once(worker, 'exit');
    ask();
    await gone;
  }

  /** Null where it ended before it served. */
  async #startOne(): Promise<{ worker: Worker; addresses: Addresses } | null> {
    const worker = cluster.fork(this.#options.environment);
    return new Promise(resolve => {
      worker.on('message', (message: unknown) => {
        if (isMessage(message) && message.kind === 'serving') resolve({ worker, addresses: message as Serving });
      });
      worker.once('exit', () => resolve(null));
    });
  }

  /** Sees to it that there is another one when this one ends. */
  #keep(worker: Worker, failures = 0): void {
    const begun = performance.now();
    const ended = (code: number | null, signal: string | null) => {
      if (this.#stopping.signal.aborted) return;
      this.#options.logger.error({ pid: worker.process.pid, code, signal }, 'a process ended; another one is started');
      this.#replace(performance.now() - begun > WELL_MS ? 1 : failures + 1);
    };
    if (worker.isDead()) ended(worker.process.exitCode, worker.process.signalCode);
    else worker.once('exit', ended);
  }

  #replace(failures: number): void {
    const { signal } = this.#stopping;
    const replacing = (async () => {
      for (let count = failures; !signal.aborted; count += 1) {
        const pause = Math.min(RESTART_MIN_MS * 2 ** (count - 1), RESTART_MAX_MS);
        await sleep(pause, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        const next = await this.#startOne();
        if (next) return this.#keep(next.worker, count);
      }
    })();
    this.#replacing.push(replacing);
  }

  #hear(sender: Worker, message: ToSupervisor): void {
    switch (message.kind) {
      case 'serving':
        return;
      case 'broadcast':
        for (const worker of running()) if (worker !== sender) tell(worker, message);
        return;
      case 'question':
        return void this.#ask(message.topic).then(payloads =>
          tell(sender, { kind: 'answers', id: message.id, payloads }),
        );
      case 'answer':
        this.#questions.get(message.id)?.(message.payload);
    }
  }

  /** What all processes answer. Those that do not in time are left out, and so are those that end meanwhile. */
  async #ask(topic: string): Promise<readonly unknown[]> {
    this.#asked += 1;
    const id = this.#asked;
    const asked = running();
    const answers: unknown[] = [];
    const complete = Promise.withResolvers<void>();
    this.#questions.set(id, answer => {
      if (answers.push(answer) === asked.length) complete.resolve();
    });
    for (const worker of asked) tell(worker, { kind: 'question', id, topic });
    const late = new AbortController();
    await Promise.race([complete.promise, sleep(ANSWER_TIMEOUT_MS, undefined, late).catch(() => {})]);
    late.abort();
    this.#questions.delete(id);
    return answers;
  }
}

const running = (): Worker[] => Object.values(cluster.workers ?? {}).filter(worker => worker !== undefined);

/** Nothing where it has just ended. */
function tell(worker: Worker, message: ToProcess): void {
  if (worker.isConnected()) worker.send(message, () => {});
}
