import { type ExecutionResult, type GraphQLField, getNamedType, isInputObjectType, valueFromASTUntyped } from 'graphql';
import { z } from 'zod';
import { normalizeEmail } from '../identity/account.validation.ts';
import { networkOf } from '../platform/network.ts';
import { countKey } from '../platform/rate-limits/counters.ts';
import { type Limit, type Refusal, rateLimited } from '../platform/rate-limits/rate-limited.ts';
import type { OperationContext } from './context.ts';

/** A `@rateLimit` of a field. */
export interface FieldLimit extends Limit {
  readonly by: 'ADDRESS' | 'ACCOUNT' | 'VIEWER';
}

/** The directive's arguments, as the SDL declares them. */
const Arguments = z.strictObject({
  max: z.int().min(1),
  window: z.int().min(1),
  by: z.enum(['ADDRESS', 'ACCOUNT', 'VIEWER']),
});
/** The input fields that name an account, the first that is there. */
const ACCOUNT_FIELDS = ['login', 'email'] as const;

/** The limits of a root field, in the order of its directives. Throws where the field has not what they count by. */
export function rateLimitsOf(field: GraphQLField<unknown, OperationContext>, isPublic: boolean): FieldLimit[] {
  const directives = field.astNode?.directives?.filter(({ name }) => name.value === 'rateLimit') ?? [];
  return directives.map(directive => {
    const { max, window, by } = Arguments.parse(
      Object.fromEntries(directive.arguments?.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]) ?? []),
    );
    if (by === 'VIEWER' && isPublic) throw new Error(`${field.name} is public: it has no viewer to count by.`);
    if (by === 'ACCOUNT' && !namesAccount(field))
      throw new Error(`${field.name} has no input with ${ACCOUNT_FIELDS.join(' or ')} to count by.`);
    return { name: `${field.name}/${by.toLowerCase()}/${window}s`, max, windowSeconds: window, by };
  });
}

function namesAccount({ args }: GraphQLField<unknown, OperationContext>): boolean {
  const input = args.find(({ name }) => name === 'input');
  const type = input && getNamedType(input.type);
  return isInputObjectType(type) && ACCOUNT_FIELDS.some(name => name in type.getFields());
}

/** Counts a call of the field. Throws RATE_LIMITED where one of its limits is reached; those behind it do not count it. */
export async function countCall(
  limits: readonly FieldLimit[],
  args: Record<string, unknown>,
  context: OperationContext,
): Promise<void> {
  const { counters } = context.services;
  if (!counters) return;
  for (const limit of limits) {
    const { count, remainingMs } = await counters.add(
      countKey('call', limit.name, subjectOf(limit, args, context)),
      limit.windowSeconds,
    );
    if (count > limit.max) throw rateLimited(limit, remainingMs);
  }
}

function subjectOf({ by }: FieldLimit, args: Record<string, unknown>, { caller, viewerOrNull }: OperationContext) {
  switch (by) {
    case 'ADDRESS':
      return networkOf(caller.device.ipAddress ?? '');
    case 'ACCOUNT': {
      const input = args.input as Partial<Record<(typeof ACCOUNT_FIELDS)[number], string>> | undefined;
      return normalizeEmail(input?.login ?? input?.email ?? '');
    }
    case 'VIEWER':
      return viewerOrNull?.userId ?? '';
  }
}

/**
 * What HTTP says of the limits that were reached: when to come back, and by the fields of
 * draft-ietf-httpapi-ratelimit-headers-09 which limits they were.
 */
export function rateLimitHeaders({ errors = [] }: ExecutionResult): Record<string, string> {
  const refusals = errors.map(error => error.extensions as unknown as Refusal);
  const byName = new Map(refusals.map(refusal => [refusal.limit.name, refusal]));
  const list = (item: (refusal: Refusal) => string) =>
    [...byName.values()].map(refusal => `"${refusal.limit.name}";${item(refusal)}`).join(', ');
  return {
    'retry-after': String(Math.max(...refusals.map(({ retryAfterSeconds }) => retryAfterSeconds))),
    'ratelimit-policy': list(({ limit }) => `q=${limit.max};w=${limit.windowSeconds}`),
    ratelimit: list(({ retryAfterSeconds }) => `r=0;t=${retryAfterSeconds}`),
  };
}
