import { sql } from 'kysely';
import { z } from 'zod';
import type { Sql } from './tables.ts';

/** What a caller is at the mercy of: the merchant's four calls, and the payer's page. */
export const FAULTY_CALLS = ['CREATE', 'RETRIEVE', 'CANCEL', 'REFUND', 'PAGE'] as const;
export type FaultyCall = (typeof FAULTY_CALLS)[number];

/** BEFORE: it was not done. AFTER: it was done, and the answer does not say so. */
export const FAULT_KINDS = [
  'ERROR_BEFORE',
  'ERROR_AFTER',
  'HTML_AFTER',
  'DROP_BEFORE',
  'DROP_AFTER',
  'TIMEOUT_AFTER',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const SECONDS = z.int().min(0).max(86_400);

/** How the sandbox misbehaves; by itself it does not. */
export const Misbehaviour = z.strictObject({
  /** SEND; HOLD: until they are released; LOSE: they are kept as lost, and never sent. */
  messages: z.enum(['SEND', 'HOLD', 'LOSE']).default('SEND'),
  /** How often each message is sent. */
  copies: z.int().min(1).max(10).default(1),
  /** From when something happens until it is told. */
  delaySeconds: SECONDS.default(0),
  /** Each message waits up to three seconds more, so that they overtake each other. */
  shuffle: z.boolean().default(false),
  /** With each genuine message one of each forgery is sent, which says that it was paid. */
  forge: z.boolean().default(false),
  /** SUCCEED at once; WAIT and then succeed; FAIL at once; FAIL_LATER, after they succeeded. */
  refunds: z.enum(['SUCCEED', 'WAIT', 'FAIL', 'FAIL_LATER']).default('SUCCEED'),
  /** What was declined, canceled or has expired is paid all the same, later. */
  succeedLate: z.boolean().default(false),
  /** How long whatever happens later takes: paying later, refunds that wait or fail later, late success. */
  laterSeconds: SECONDS.default(20),
  /** The next so many calls of a kind go wrong in this way; those that stand first go first. */
  faults: z
    .array(z.strictObject({ call: z.enum(FAULTY_CALLS), kind: z.enum(FAULT_KINDS), times: z.int().min(1).max(1000) }))
    .max(50)
    .default([]),
});
export type Misbehaviour = z.infer<typeof Misbehaviour>;

export async function readMisbehaviour(db: Sql): Promise<Misbehaviour> {
  const row = await db.selectFrom('sandbox_settings').select('value').executeTakeFirst();
  return parsed(row?.value);
}

/** For whoever is going to change it: everybody else waits. */
export async function lockMisbehaviour(db: Sql): Promise<Misbehaviour> {
  // There has to be a row to lock.
  await db
    .insertInto('sandbox_settings')
    .values({ value: sql`'{}'::jsonb` })
    .onConflict(conflict => conflict.doNothing())
    .execute();
  const row = await db.selectFrom('sandbox_settings').select('value').forUpdate().executeTakeFirst();
  return parsed(row?.value);
}

export async function writeMisbehaviour(db: Sql, value: Misbehaviour): Promise<void> {
  const json = sql`${JSON.stringify(value)}::jsonb`;
  await db
    .insertInto('sandbox_settings')
    .values({ value: json })
    .onConflict(conflict => conflict.column('one').doUpdateSet({ value: json }))
    .execute();
}

/** Uses up one fault of this call; null where there is none. In a transaction: of two callers each has one of its own. */
export async function takeFault(db: Sql, call: FaultyCall): Promise<FaultKind | null> {
  const misbehaviour = await lockMisbehaviour(db);
  const fault = misbehaviour.faults.find(one => one.call === call);
  if (!fault) return null;
  const left = misbehaviour.faults.flatMap(one =>
    one !== fault ? [one] : one.times > 1 ? [{ ...one, times: one.times - 1 }] : [],
  );
  await writeMisbehaviour(db, { ...misbehaviour, faults: left });
  return fault.kind;
}

/** What an earlier release wrote and this one does not understand is as good as nothing. */
function parsed(value: unknown): Misbehaviour {
  const object: unknown = typeof value === 'string' ? JSON.parse(value) : (value ?? {});
  const read = Misbehaviour.safeParse(object);
  return read.success ? read.data : Misbehaviour.parse({});
}
