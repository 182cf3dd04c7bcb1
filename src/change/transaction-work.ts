import { currentWork, Work } from '../platform/work.ts';

/** A try at a transaction, from its begin to its commit or its end. */
export class TransactionWork extends Work {
  hasFailed = false;

  constructor() {
    super({ requestId: currentWork()?.requestId ?? null });
  }

  /** Does it, and notes whether it failed. */
  async noting<Result>(run: () => Promise<Result>): Promise<Result> {
    try {
      return await run();
    } catch (error) {
      this.hasFailed = true;
      throw error;
    }
  }
}
