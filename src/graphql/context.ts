import type { FeedReader } from '../change/reader.ts';
import { forkFor, type Transact } from '../change/transact.ts';
import { createIdentityLoaders, type IdentityLoaders } from '../identity/identity.loaders.ts';
import type { LogInLimits } from '../identity/log-in-limits.ts';
import type { SecurityLog } from '../identity/security-log.ts';
import type { Device, SessionSettings } from '../identity/session.service.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { Viewers } from '../identity/viewers.ts';
import { createOrderLoaders, type OrderLoaders } from '../payment/order.loaders.ts';
import type { OrderSettings } from '../payment/order.service.ts';
import { createPaymentLoaders, type PaymentLoaders } from '../payment/payment.loaders.ts';
import type { Payments } from '../payment/payments.ts';
import { createProductLoaders, type ProductLoaders } from '../payment/product.loaders.ts';
import type { AccessTokens } from '../platform/access-tokens.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, EntityManager } from '../platform/database.ts';
import type { Deadline } from '../platform/deadline.ts';
import { type AuthenticationFailure, unauthenticated } from '../platform/errors.ts';
import type { Jobs } from '../platform/jobs/jobs.ts';
import type { Logger } from '../platform/logger.ts';
import type { Observation } from '../platform/observation.ts';
import type { Counters } from '../platform/rate-limits/counters.ts';
import type { PointBuckets } from '../platform/rate-limits/points.ts';
import { createTodoLoaders, type TodoLoaders } from '../todo/todo.loaders.ts';
import type { TodoLimits } from '../todo/todo-list.ts';

/** The parts that operations use. Made once, in app.ts. */
export interface Services {
  readonly database: Database;
  readonly transact: Transact;
  readonly feed: FeedReader;
  readonly tokens: AccessTokens;
  readonly viewers: Viewers;
  readonly sessions: SessionSettings;
  readonly security: SecurityLog;
  /** Null where nothing is limited. */
  readonly counters: Counters | null;
  /** What callers may spend on operations; null where nothing is limited. */
  readonly points: PointBuckets | null;
  /** In points, of any one operation. */
  readonly maxOperationCost: number;
  readonly logInLimits: LogInLimits;
  readonly jobs: Jobs;
  readonly todoLimits: TodoLimits;
  readonly orders: OrderSettings;
  readonly payments: Payments;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observation: Observation;
  readonly apiInfo: ApiInfo;
}

export interface ApiInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/** What the transport knows of the caller, and what it can do for the answer. */
export interface Caller {
  readonly device: Device;
  readonly requestId: string;
  /** The Idempotency-Key of the request or message; null where there is none. */
  readonly idempotencyKey: string | null;
  /** Whether the answer is to say what it did cost; not unless told. */
  readonly tellsCost?: boolean;
  /** The viewer as they are signed in now, where a long-lived connection can renew its token; the operation's otherwise. */
  readonly renewedViewer?: () => Viewer | null;
  /** The id of the last event that a broken stream of events had given; null where it is a new one. */
  readonly lastEventId?: string | null;
  /** The refresh token's cookie; null where the transport has none. A socket cannot set one. */
  readonly refreshCookie: RefreshCookie | null;
}

export interface RefreshCookie {
  readonly token: string | null;
  /** The Set-Cookie header that the answer has to carry; null where there is nothing to change. */
  readonly header: string | null;
  set(token: string, expiresAt: Date): void;
  clear(): void;
}

export interface Loaders {
  readonly identity: IdentityLoaders;
  readonly todo: TodoLoaders;
  readonly product: ProductLoaders;
  readonly order: OrderLoaders;
  readonly payment: PaymentLoaders;
}

/**
 * What resolvers are given. One for an operation, one for each event of a subscription; each field of a mutation gets
 * one of its own whose unit of work is in that field's transaction.
 */
export class OperationContext {
  readonly services: Services;
  readonly caller: Caller;
  readonly now: Clock;
  #viewer: Viewer | null;
  readonly authenticationFailure: AuthenticationFailure;
  /** By when a query or a mutation has to be done; null for an event of a subscription. */
  readonly deadline: Deadline | null;
  /** What the operation may cost, and whose points it was charged to; null before it is charged. */
  cost: { readonly requested: number; readonly bucket: string } | null = null;
  /** Whether the operation signed somebody in. */
  signedIn = false;
  /** How many root fields began, but for those that a limit refused. */
  fieldsRun = 0;
  #em: EntityManager | null;
  #loaders: Loaders | null = null;
  /** Of the answer. */
  readonly extensions: Record<string, unknown> = {};

  constructor(options: {
    services: Services;
    caller: Caller;
    viewer: Viewer | AuthenticationFailure;
    em?: EntityManager;
    deadline?: Deadline | null;
  }) {
    this.services = options.services;
    this.caller = options.caller;
    this.now = options.services.clock;
    this.#viewer = typeof options.viewer === 'string' ? null : options.viewer;
    this.authenticationFailure = typeof options.viewer === 'string' ? options.viewer : 'MISSING';
    this.deadline = options.deadline ?? null;
    this.#em = options.em ?? null;
  }

  /** Null where nobody is signed in: possible in `@public` fields alone. */
  get viewerOrNull(): Viewer | null {
    return this.#viewer;
  }

  /** Throws UNAUTHENTICATED where there is none. */
  get viewer(): Viewer {
    if (!this.#viewer) throw unauthenticated(this.authenticationFailure);
    return this.#viewer;
  }

  /** The unit of work. Finds only what is the viewer's, unless a filter is switched off. */
  get em(): EntityManager {
    this.#em ??= forkFor(this.services.database, this.#viewer?.userId ?? null);
    return this.#em;
  }

  get loaders(): Loaders {
    this.#loaders ??= {
      identity: createIdentityLoaders(this.em, this.now),
      todo: createTodoLoaders(this.em, this.now, this.#viewer?.userId ?? null),
      product: createProductLoaders(this.em),
      order: createOrderLoaders(this.em),
      payment: createPaymentLoaders(this.em, this.now, this.#viewer?.userId ?? null),
    };
    return this.#loaders;
  }

  /** After something was written: what was read before is read anew. */
  refresh(): void {
    this.#em = null;
    this.#loaders = null;
  }

  /** From here on the operation is this viewer's: the rest of a payload that signed somebody in. */
  signIn(viewer: Viewer): void {
    this.#viewer = viewer;
    this.signedIn = true;
  }

  /** The same operation with a unit of work that is in a transaction. */
  within(em: EntityManager): OperationContext {
    return new OperationContext({
      services: this.services,
      caller: this.caller,
      viewer: this.#viewer ?? this.authenticationFailure,
      em,
      deadline: this.deadline,
    });
  }

  /** For an event of a subscription: a fresh unit of work, fresh loaders, and the viewer's rights as they are now. */
  async forEvent(): Promise<OperationContext> {
    const { services, caller } = this;
    const before = caller.renewedViewer?.() ?? this.#viewer;
    const viewer = before ? await services.viewers.renew(before) : this.authenticationFailure;
    return new OperationContext({ services, caller, viewer });
  }
}

/** What resolvers of `@public` fields are given: there may be nobody signed in. */
export type PublicContext<Context> = Omit<Context, 'viewer'>;
