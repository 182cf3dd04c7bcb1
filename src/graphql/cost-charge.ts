import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { networkOf } from '../platform/network.ts';
import type { PointBuckets, PointSettings } from '../platform/rate-limits/points.ts';
import { rateLimited } from '../platform/rate-limits/rate-limited.ts';
import type { OperationContext } from './context.ts';
import { estimate, meter } from './cost.ts';
import type { Variables } from './cost-inputs.ts';
import { type CostPlan, costPlanOf } from './cost-plan.ts';
import { tooComplex } from './limits.ts';

/** Of a subscription; its events cost what they hold. */
const SUBSCRIBING = 1;

/** What an operation was charged with, to be put right by what it did cost. */
export class Charge {
  /** The most that it may cost, of a subscription the most of an event. */
  readonly requested: number;
  /** Whose points they are. */
  readonly bucket: string;
  readonly #plan: CostPlan;
  readonly #variables: Variables;

  constructor(options: { requested: number; bucket: string; plan: CostPlan; variables: Variables }) {
    this.requested = options.requested;
    this.bucket = options.bucket;
    this.#plan = options.plan;
    this.#variables = options.variables;
  }

  /** What was not used is given back. Of an operation that broke off nobody knows what it took: it keeps its charge. */
  settle(result: ExecutionResult, context: OperationContext): void {
    const { points } = context.services;
    if (!points && !context.caller.tellsCost) return;
    const actual = this.#actual(result, context);
    points?.giveBack(this.bucket, this.requested - actual);
    this.#tell(actual, context);
  }

  /**
   * The milliseconds that the next event has to wait for: a subscription reads on as fast as its points come back, and
   * leaves some of them for operations.
   */
  msUntilSpare({ services }: OperationContext): number {
    return services.points?.msUntilSpare(this.bucket) ?? 0;
  }

  /** An event was not charged with anything before: it had to be read in any case. */
  settleEvent(result: ExecutionResult, context: OperationContext): void {
    const { points } = context.services;
    if (!points && !context.caller.tellsCost) return;
    const actual = this.#actual(result, context);
    points?.giveBack(this.bucket, -actual);
    this.#tell(actual, context);
  }

  #actual({ data }: ExecutionResult, { fieldsRun }: OperationContext): number {
    if (data) return meter(this.#plan, this.#variables, data);
    return fieldsRun > 0 ? this.requested : Math.min(this.requested, 1);
  }

  #tell(actual: number, { caller, services, extensions }: OperationContext): void {
    if (!caller.tellsCost) return;
    const { points, maxOperationCost } = services;
    extensions.cost = {
      requested: this.requested,
      actual,
      max: maxOperationCost,
      ...(points ? standingOf(points, this.bucket) : {}),
    };
  }
}

function standingOf(points: PointBuckets, bucket: string) {
  const { remaining, fullAt } = points.standing(bucket);
  const { capacity, perSecond } = points.settings;
  return { limit: capacity, perSecond, remaining, resetAt: fullAt.toISOString() };
}

type Charged = Omit<ExecutionArgs, 'contextValue'> & { contextValue: OperationContext };

/**
 * Charges a query or a mutation with the most that it may cost. Null where the document has no such operation. Throws
 * TOO_COMPLEX where it may cost more than any operation may, and RATE_LIMITED where the caller has not as many points.
 */
export const chargeOperation = (args: Charged): Charge | null => charge(args, requested => requested);

/** As chargeOperation, for a subscription; each event may cost as much as an operation. */
export const chargeSubscription = (args: Charged): Charge | null => charge(args, () => SUBSCRIBING);

function charge(args: Charged, priceOf: (requested: number) => number): Charge | null {
  const { schema, document, operationName, contextValue: context } = args;
  const plan = costPlanOf(schema, document, operationName);
  if (!plan) return null;
  const variables = args.variableValues ?? {};
  const requested = estimate(plan, variables);
  const { points, maxOperationCost: max } = context.services;
  if (requested > max) throw tooCostly(requested, max);
  const bucket = bucketOf(context);
  const waitMs = points?.take(bucket, priceOf(requested)) ?? null;
  if (points && waitMs !== null) throw outOfPoints(points.settings, priceOf(requested), waitMs);
  context.cost = { requested, bucket };
  return new Charge({ requested, bucket, plan, variables });
}

/** One for each viewer, from wherever they call; and one for each address of those who are not signed in. */
const bucketOf = ({ viewerOrNull, caller }: OperationContext): string =>
  viewerOrNull ? `viewer:${viewerOrNull.userId}` : `address:${networkOf(caller.device.ipAddress ?? '')}`;

const tooCostly = (requested: number, max: number) =>
  tooComplex(
    `The operation may cost ${requested.toLocaleString('en')} points; the limit is ${max.toLocaleString('en')}. Ask for smaller pages, or for fewer lists in lists.`,
  );

function outOfPoints({ capacity, perSecond }: PointSettings, price: number, waitMs: number) {
  const limit = { name: 'cost', max: capacity, windowSeconds: Math.ceil(capacity / perSecond) };
  return rateLimited(
    limit,
    waitMs,
    `You have fewer than the ${price.toLocaleString('en')} points that this operation may cost: there are ${capacity.toLocaleString('en')}, of which ${perSecond.toLocaleString('en')} come back in a second. Ask for less, or less often.`,
  );
}
