import { createHash } from 'node:crypto';
import { helper, Utils } from '@mikro-orm/core';
import { type Kysely, sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import { ApiError, UserInputError } from '../platform/errors.ts';
import { isText } from '../platform/text.ts';

/**
 * A mutation that is asked for twice with one key is done once. The key, a fingerprint of what was asked for and the
 * outcome are written in the mutation's own transaction: either all of it happened or nothing did.
 */
export interface IdempotencyKey {
  /** The viewer's own: nobody else's key collides with it. */
  readonly userId: string;
  readonly key: string;
  readonly fingerprint: Buffer;
  /** The client gave it in the input, so what is wrong with it is said there. */
  readonly inInput: boolean;
}

export const IDEMPOTENCY_KEY_MAX_LENGTH = 255;
const PLACE_MAX_LENGTH = 64;
/** An outcome is given again for so long. */
export const KEPT_MS = 24 * 3_600_000;
/** A repeat waits so long for the first one, then it is told to come again. */
const WAIT_MS = 5_000;
/** A claim whose mutation did not finish by then is free again: its process is gone. */
const CLAIM_MS = 60_000;

interface Tables {
  idempotency_keys: { user_id: string; key: string; fingerprint: Buffer; outcome: unknown; claimed_at: Date };
}

/** The key of an operation's extensions; null where there is none. */
export function readIdempotencyKey(given: unknown): string | null {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'string') throw new ApiError('BAD_REQUEST', 'extensions.idempotencyKey has to be a string.');
  return given;
}

/** `place` is the field's place in the operation: one key of a request serves each of its fields apart. */
export function idempotencyKey(options: {
  userId: string;
  field: string;
  args: unknown;
  fromInput: unknown;
  fromCaller: string | null;
  place: string;
}): IdempotencyKey | null {
  const inInput = typeof options.fromInput === 'string';
  const given = inInput ? String(options.fromInput) : options.fromCaller;
  if (given === null) return null;
  if (given.length === 0 || given.length > IDEMPOTENCY_KEY_MAX_LENGTH || !isText(given)) {
    const message = `An idempotency key has 1 to ${IDEMPOTENCY_KEY_MAX_LENGTH} characters, none of them U+0000.`;
    throw inInput
      ? new UserInputError('INVALID', ['input', 'idempotencyKey'], message)
      : new ApiError('BAD_REQUEST', message);
  }
  const fingerprint = createHash('sha256')
    .update(`${options.field} ${canonical(options.args)}`)
    .digest();
  // An alias may be longer than the column.
  const place =
    options.place.length <= PLACE_MAX_LENGTH ? options.place : createHash('sha256').update(options.place).digest('hex');
  return { userId: options.userId, key: inInput ? given : `${given} ${place}`, fingerprint, inInput };
}

/** The same text for the same arguments, whatever the order of their fields. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner) => {
    if (typeof inner === 'bigint') return inner.toString();
    return Utils.isPlainObject<Record<string, unknown>>(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner;
  });

/**
 * Claims the key for this transaction. Answers with the outcome of the first time, or null where this is the first. Where
 * the first one still runs, waits for it.
 */
export async function claimKey(
  em: EntityManager,
  key: IdempotencyKey,
  now: Date,
): Promise<{ outcome: unknown } | null> {
  const db = sqlOf<Tables>(em);
  await sql`select set_config('lock_timeout', ${`${WAIT_MS}ms`}, true)`.execute(db);
  try {
    const kept = new Date(now.getTime() - KEPT_MS);
    await db.deleteFrom('idempotency_keys').where('user_id', '=', key.userId).where('claimed_at', '<', kept).execute();
    const inserted = await db
      .insertInto('idempotency_keys')
      .values({ user_id: key.userId, key: key.key, fingerprint: key.fingerprint, outcome: null, claimed_at: now })
      .onConflict(conflict => conflict.doNothing())
      .returning('key')
      .executeTakeFirst();
    return inserted ? null : await repeat(db, key, now);
  } catch (error) {
    if (databaseFault(error)?.kind === 'LOCKED') throw inProgress(error);
    throw error;
  } finally {
    await sql`select set_config('lock_timeout', '0', true)`.execute(db).catch(() => {});
  }
}

async function repeat(db: Kysely<Tables>, key: IdempotencyKey, now: Date): Promise<{ outcome: unknown } | null> {
  const first = await db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'outcome', 'claimed_at'])
    .where('user_id', '=', key.userId)
    .where('key', '=', key.key)
    .forUpdate()
    .executeTakeFirst();
  // The first one was rolled back while this one waited for it: as if it had never been.
  if (!first) throw inProgress();
  if (!first.fingerprint.equals(key.fingerprint)) throw mismatch(key);
  if (first.outcome !== null) return { outcome: first.outcome };
  if (now.getTime() - new Date(first.claimed_at).getTime() < CLAIM_MS) throw inProgress();
  await db
    .updateTable('idempotency_keys')
    .set({ claimed_at: now })
    .where('user_id', '=', key.userId)
    .where('key', '=', key.key)
    .execute();
  return null;
}

const inProgress = (cause?: unknown) =>
  new ApiError(
    'IDEMPOTENCY_IN_PROGRESS',
    'The first mutation with this idempotency key still runs: ask again in a moment.',
    {},
    { cause },
  );

const mismatch = ({ inInput }: IdempotencyKey) => {
  const message = 'This idempotency key was used before with other arguments: use a new key for a new mutation.';
  return inInput
    ? new UserInputError('CONFLICT', ['input', 'idempotencyKey'], message)
    : new ApiError('IDEMPOTENCY_MISMATCH', message);
};

/** Keeps the outcome for repeats, in the mutation's own transaction. */
export async function completeKey(em: EntityManager, key: IdempotencyKey, payload: object): Promise<void> {
  await sqlOf<Tables>(em)
    .updateTable('idempotency_keys')
    .set({ outcome: JSON.stringify(toReferences(payload)) })
    .where('user_id', '=', key.userId)
    .where('key', '=', key.key)
    .execute();
}

/** Gives up a claim that was committed, so that a repeat need not wait for it to grow old. */
export async function releaseKey(em: EntityManager, key: IdempotencyKey): Promise<void> {
  await sqlOf<Tables>(em)
    .deleteFrom('idempotency_keys')
    .where('user_id', '=', key.userId)
    .where('key', '=', key.key)
    .where('outcome', 'is', null)
    .execute();
}

/** An entity becomes a reference: a repeat reads it anew, for whatever fields it selects. */
function toReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toReferences);
  if (Utils.isEntity<object>(value)) {
    const wrapped = helper(value);
    return { $entity: wrapped.__meta.className, id: wrapped.getPrimaryKey() };
  }
  if (Utils.isPlainObject<object>(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toReferences(inner)]));
  if (value === null || value === undefined || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  throw new Error(
    'The payload of a mutation holds entities, text, numbers and lists of them only: anything else cannot be given again to a repeat.',
  );
}

/** The payload of the first time, its entities as they are now: null for those that are gone. */
export async function fromReferences(em: EntityManager, value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(inner => fromReferences(em, inner)));
  if (!Utils.isPlainObject<Record<string, unknown>>(value)) return value;
  if (typeof value.$entity === 'string') {
    const meta = em.getMetadata().getByClassName<{ id: string }>(value.$entity as never);
    // The first answer showed it to this viewer, wherever it lies and whoever owns it.
    return em.findOne(meta.class, { id: String(value.id) }, { filters: { live: false, owner: false } });
  }
  const entries = await Promise.all(
    Object.entries(value).map(async ([name, inner]) => [name, await fromReferences(em, inner)] as const),
  );
  return Object.fromEntries(entries);
}
