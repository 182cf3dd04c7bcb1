import { currentWork, Work } from '../platform/work.ts';
import type { CallOutcome } from './payment-metrics.ts';
import { type ProviderName, RefusedError } from './providers/provider.ts';

/** A call of an adapter's to its provider: one request to it, or several. */
export class ProviderCallWork extends Work {
  readonly provider: ProviderName;
  /** What the adapter was asked for. */
  readonly operation: string;
  /** Null until it has ended. */
  outcome: CallOutcome | null = null;

  constructor(provider: ProviderName, operation: string) {
    super({ requestId: currentWork()?.requestId ?? null });
    this.provider = provider;
    this.operation = operation;
  }

  /** Makes it, and notes its outcome. */
  async noting<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      const result = await run();
      this.outcome = 'DONE';
      return result;
    } catch (error) {
      this.outcome = error instanceof RefusedError ? 'REFUSED' : 'UNKNOWN';
      throw error;
    }
  }
}
