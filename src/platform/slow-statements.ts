import { LRUCache } from 'lru-cache';
import { databaseFault } from './database-errors.ts';
import type { Logger } from './logger.ts';
import type { Observer, Statement } from './observation.ts';
import { hasPlan, planOf } from './statement-plan.ts';
import type { Work } from './work.ts';

/** Where everything is slow, each statement is told of so often. */
const TOLD_EVERY_MS = 60_000;
const TEXTS_MAX = 1_000;
const TEXT_MAX_LENGTH = 5_000;

export interface SlowStatementOptions {
  readonly databaseUrl: string;
  /** From how long on a statement is slow. */
  readonly thresholdMs: number;
  readonly logger: Logger;
  /** Is told of each, also of those that are not logged. */
  readonly onSlow?: () => void;
  /** For how long the same statement is not told of again. */
  readonly toldEveryMs?: number;
}

/**
 * Warns of slow statements, with their plan and without their values: of each text once a minute, with how many there were
 * that were not told of. Plans are looked up one at a time.
 */
export class SlowStatements implements Observer {
  readonly #options: SlowStatementOptions;
  /** How many were left out since a text was told of. */
  readonly #leftOut: LRUCache<string, { at: number; count: number }>;
  #looking: Promise<void> | null = null;

  constructor(options: SlowStatementOptions) {
    this.#options = options;
    this.#leftOut = new LRUCache({ max: TEXTS_MAX });
  }

  statementEnded(statement: Statement, work: Work | null): void {
    const { thresholdMs, toldEveryMs = TOLD_EVERY_MS, onSlow } = this.#options;
    if (statement.ms < thresholdMs) return;
    onSlow?.();
    const now = performance.now();
    const known = this.#leftOut.get(statement.text);
    if (known && now - known.at < toldEveryMs) {
      known.count += 1;
      return;
    }
    this.#leftOut.set(statement.text, { at: now, count: 0 });
    void this.#tell(statement, work, known?.count ?? 0);
  }

  /** When the last plan has been looked up. */
  async close(): Promise<void> {
    await this.#looking;
  }

  async #tell({ text, ms, rows, error }: Statement, work: Work | null, leftOut: number): Promise<void> {
    const plan = await this.#plan(text);
    this.#options.logger.warn(
      {
        ...(work?.requestId ? { requestId: work.requestId } : {}),
        sql: text.length <= TEXT_MAX_LENGTH ? text : `${text.slice(0, TEXT_MAX_LENGTH)}…`,
        ms: Math.round(ms),
        rows,
        // Its message may quote a value.
        ...(error ? { fault: databaseFault(error)?.kind ?? 'OTHER' } : {}),
        ...(leftOut > 0 ? { leftOut } : {}),
        ...plan,
      },
      'a statement was slow',
    );
  }

  async #plan(text: string): Promise<{ plan: string } | { noPlan: string } | object> {
    if (!hasPlan(text)) return {};
    if (this.#looking) return { noPlan: 'Another plan was being looked up.' };
    const looking = planOf(this.#options.databaseUrl, text);
    this.#looking = looking.then(
      () => {},
      () => {},
    );
    try {
      return { plan: await looking };
    } catch (fault) {
      return { noPlan: fault instanceof Error ? fault.message : String(fault) };
    } finally {
      this.#looking = null;
    }
  }
}
