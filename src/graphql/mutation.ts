import type { GraphQLResolveInfo } from 'graphql';
import type { UserErrorCode, UserErrorDetail } from '../platform/errors.ts';
import type { OperationContext } from './context.ts';

/**
 * A payload as a resolver returns it: without userErrors, which the pipeline adds. Where a resolver returns some itself,
 * what it wrote is committed: only for what has to be kept although the answer is no.
 */
export type Outcome<Payload> = Omit<Payload, 'userErrors'> & { userErrors?: readonly UserErrorDetail[] };

type Resolve<Root, Args, Context, Result> = (
  root: Root,
  args: Args,
  context: Context,
  info: GraphQLResolveInfo,
) => Promise<Result>;

/**
 * A mutation with work that must not hold a transaction open: hashing a password, calling a provider. Each part gets what
 * the part before it returned.
 *
 * `begin`, where there is one, is a transaction of its own that is committed before `outside` runs: the intent. With an
 * idempotency key it claims the key, and `finish` completes it; so a crash in between leaves a claim, which a repeat
 * takes over once it is a minute old, and runs all parts anew: `begin` has to find what it wrote before.
 * `outside` is in no transaction. `finish` is the transaction that gives the payload.
 */
export interface Phases<Args, Context, Begun, Done, Payload> {
  readonly begin?: (args: Args, context: Context) => Promise<Begun>;
  readonly outside: (args: Args, context: Context, begun: Begun) => Promise<Done>;
  readonly finish: (args: Args, context: Context, done: Done, begun: Begun) => Promise<Payload>;
}

export type AnyPhases = Phases<unknown, OperationContext, unknown, unknown, unknown>;

const phasesOf = new WeakMap<object, AnyPhases>();

/** Defines a mutation that has slow work. The schema builder runs its parts; as a plain resolver it is never called. */
export function inPhases<Root, Args, Context, Done, Payload, Begun = undefined>(
  phases: Phases<Args, Context, Begun, Done, Payload>,
): Resolve<Root, Args, Context, Payload> {
  const resolver: Resolve<Root, Args, Context, Payload> = () => {
    throw new Error('A mutation in phases runs in the mutation pipeline only.');
  };
  phasesOf.set(resolver, phases as unknown as AnyPhases);
  return resolver;
}

/** The phases of a resolver; null for one that runs in a single transaction. */
export const readPhases = (resolver: object) => phasesOf.get(resolver) ?? null;

type ReadCurrent = (args: unknown, context: OperationContext) => Promise<object>;

/** Something is there that the caller did not know of: they can go on only once they have seen it. */
const SURPRISES: ReadonlySet<UserErrorCode> = new Set(['CONFLICT', 'TAKEN']);
const currentOf = new WeakMap<object, ReadCurrent>();

/**
 * Defines a mutation that, refused as CONFLICT or TAKEN, shows in its payload what is there instead, so that a client can
 * merge without asking again. `current` reads it after the rollback, in a unit of work that finds only what is the
 * viewer's; the fields that it answers with stand beside the userErrors.
 */
export function showingCurrent<Root, Args, Context, Payload>(
  resolver: Resolve<Root, Args, Context, Payload>,
  current: (args: NoInfer<Args>, context: NoInfer<Context>) => Promise<{ [Field in keyof NoInfer<Payload>]?: unknown }>,
): Resolve<Root, Args, Context, Payload> {
  currentOf.set(resolver, current as unknown as ReadCurrent);
  return resolver;
}

/** What the payload of a refused mutation shows beside these errors; nothing where they surprise nobody. */
export async function readCurrent(
  resolver: object,
  errors: readonly UserErrorDetail[],
  args: unknown,
  context: OperationContext,
): Promise<object> {
  const read = currentOf.get(resolver);
  return read && errors.some(({ code }) => SURPRISES.has(code)) ? read(args, context) : {};
}
