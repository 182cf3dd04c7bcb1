/** How a call of the API goes wrong. */
export interface ApiFaultPlan {
  /** Such as `POST /v1/refunds`. */
  readonly on: string;
  /**
   * FAIL answers with an error; HTML with a page; GARBAGE with JSON that is no object of Stripe's; DROP breaks the
   * connection; TRUNCATE breaks it amid the answer; HANG never answers; HOLD waits until it is released, and then is as usual;
   * REDIRECT sends elsewhere; HUGE answers by megabytes.
   */
  readonly how: 'FAIL' | 'HTML' | 'GARBAGE' | 'DROP' | 'TRUNCATE' | 'HANG' | 'HOLD' | 'REDIRECT' | 'HUGE';
  /** Whether the work is done all the same. Default: false. */
  readonly done?: boolean;
  /** Of FAIL. Default: 500. */
  readonly status?: number;
  readonly code?: string;
  readonly param?: string;
  /** Of FAIL: whether it is kept under the idempotency key. Default: true. */
  readonly kept?: boolean;
  /** How many calls. Default: 1. */
  readonly times?: number;
}

/** What is to go wrong next, in order for each kind of call. */
export class FaultPlans {
  #plans: { plan: ApiFaultPlan; left: number }[] = [];

  add(plan: ApiFaultPlan): void {
    this.#plans.push({ plan, left: plan.times ?? 1 });
  }

  /** A replay never comes to the API's own faults; the way back can fail for it as for any answer. */
  take(call: string, isReplay: boolean): ApiFaultPlan | null {
    const found = this.#plans.find(
      ({ plan }) => plan.on === call && !(isReplay && (plan.how === 'FAIL' || plan.how === 'HOLD')),
    );
    if (!found) return null;
    found.left -= 1;
    if (found.left === 0) this.#plans = this.#plans.filter(entry => entry !== found);
    return found.plan;
  }

  get left(): number {
    return this.#plans.length;
  }

  clear(): void {
    this.#plans = [];
  }
}
