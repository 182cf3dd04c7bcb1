import {
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { EntityManager } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import type { OperationContext } from './context.ts';
import {
  claimKey,
  completeKey,
  fromReferences,
  type IdempotencyKey,
  idempotencyKey,
  releaseKey,
} from './idempotency.ts';
import { type AnyPhases, readCurrent, readPhases } from './mutation.ts';

type Args = Record<string, unknown>;
type Payload = Record<string, unknown>;
type Resolver = GraphQLFieldResolver<unknown, OperationContext, Args, unknown>;

/** What a person is told where a value of theirs is taken, by the name of the index that refused it. */
export type Constraints = Readonly<Record<string, UserErrorDetail>>;

/**
 * The one way in which a mutation field runs; the schema builder puts it around each, behind the viewer's and the role's
 * check: idempotency, one transaction, the resolver, the feed's entries, the commit, the wake-up. A UserInputError becomes
 * the payload's userErrors, and nothing was changed; see showingCurrent in mutation.ts for what else the payload then has.
 */
export function inPipeline(
  resolver: Resolver,
  field: { name: string; type: GraphQLOutputType; isPublic: boolean },
  constraints: Constraints,
): Resolver {
  const empty = emptyPayload(getNamedType(field.type) as GraphQLObjectType);
  const phases = readPhases(resolver);

  return async (_root, args, context, info) => {
    try {
      // What is public has no key, so that no token is ever kept in an outcome.
      const key = field.isPublic ? null : keyOf(field.name, args, context, info);
      const payload = await run(phases ?? inOnePhase(resolver, info), key, args, context);
      return { ...empty, ...(payload as Payload) };
    } catch (error) {
      const details = userErrorsOf(error, constraints);
      if (!details) throw error;
      // Whatever this operation has read is older than what it collided with.
      context.refresh();
      return { ...empty, ...(await readCurrent(resolver, details, args, context)), userErrors: details };
    } finally {
      context.refresh();
    }
  };
}

/** A mutation without slow work is the transaction that gives the payload, and nothing else. */
const inOnePhase = (resolver: Resolver, info: GraphQLResolveInfo): AnyPhases => ({
  outside: async () => undefined,
  finish: async (args, within) => resolver(undefined, args as Args, within, info),
});

function keyOf(field: string, args: Args, context: OperationContext, info: GraphQLResolveInfo): IdempotencyKey | null {
  const input = args.input as { idempotencyKey?: unknown } | undefined;
  return idempotencyKey({
    userId: context.viewer.userId,
    field,
    args,
    fromInput: input?.idempotencyKey,
    fromCaller: context.caller.idempotencyKey,
    place: String(info.path.key),
  });
}

async function run(
  { begin, outside, finish }: AnyPhases,
  key: IdempotencyKey | null,
  args: Args,
  context: OperationContext,
): Promise<unknown> {
  // Without an intent to keep, the key is claimed together with the effect; the slow work of a repeat is then in vain.
  if (!begin) {
    const done = await outside(args, context, undefined);
    return inTransaction(context, async within => {
      const repeated = key && (await claimKey(within.em, key, within.now()));
      if (repeated) return replay(within.em, context, repeated.outcome);
      const payload = await finish(args, within, done, undefined);
      await complete(within.em, key, payload);
      return payload;
    });
  }

  const intent = await inTransaction(context, async within => {
    const repeated = key && (await claimKey(within.em, key, within.now()));
    return repeated
      ? { payload: await replay(within.em, context, repeated.outcome) }
      : { begun: await begin(args, within) };
  });
  if ('payload' in intent) return intent.payload;
  try {
    const done = await outside(args, context, intent.begun);
    return await inTransaction(context, async within => {
      const payload = await finish(args, within, done, intent.begun);
      await complete(within.em, key, payload);
      return payload;
    });
  } catch (error) {
    // Where even this cannot be done, the claim grows old by itself.
    if (key) await inTransaction(context, within => releaseKey(within.em, key)).catch(() => {});
    throw error;
  }
}

async function inTransaction<Result>(
  context: OperationContext,
  work: (within: OperationContext) => Promise<Result>,
): Promise<Result> {
  let within: OperationContext | undefined;
  const result = await context.services.transact(context.viewerOrNull?.userId ?? null, async em => {
    within = context.within(em);
    const outcome = await work(within);
    // What took longer than an operation may is not committed behind the caller's back.
    context.deadline?.throwIfPassed();
    return outcome;
  });
  if (within?.signedIn) context.signIn(within.viewer);
  return result;
}

/** The ids that the database or the unit of work gives are there only after the flush. */
async function complete(em: EntityManager, key: IdempotencyKey | null, payload: unknown): Promise<void> {
  if (!key) return;
  await em.flush();
  await completeKey(em, key, payload as object);
}

async function replay(em: EntityManager, context: OperationContext, outcome: unknown): Promise<unknown> {
  context.extensions.idempotentReplay = true;
  return fromReferences(em, outcome);
}

/** The payload of a mutation that did nothing: lists are empty, counts are 0, the rest is null. */
function emptyPayload(type: GraphQLObjectType): Payload {
  const fields = Object.values(type.getFields());
  return Object.fromEntries(fields.map(field => [field.name, emptyValue(field.type)]));
}

function emptyValue(type: GraphQLOutputType): unknown {
  if (!isNonNullType(type)) return null;
  if (isListType(type.ofType)) return [];
  if (getNamedType(type).name === 'Int') return 0;
  throw new Error(`A payload's field has to be nullable, a list or an Int, so that it can be empty: ${type} is not.`);
}

function userErrorsOf(error: unknown, constraints: Constraints): readonly UserErrorDetail[] | null {
  if (error instanceof UserInputError) return error.details;
  const fault = databaseFault(error);
  const taken = fault?.kind === 'UNIQUE' ? constraints[fault.constraint] : undefined;
  if (taken) return [taken];
  if (fault?.kind === 'CONFLICT')
    return [
      {
        code: 'CONFLICT',
        path: [],
        message: 'Somebody else changed it at the same moment: read it again, then repeat.',
      },
    ];
  return null;
}
