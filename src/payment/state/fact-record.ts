import { z } from 'zod';
import { type Fact, PAYMENT_STATUSES, REFUND_STATUSES, REVIEW_FLAGS } from './fact.ts';

/** JSON has no whole numbers of any size, so an amount is its digits. */
const amount = z.codec(z.string().regex(/^-?\d+$/), z.bigint(), {
  decode: digits => BigInt(digits),
  encode: whole => whole.toString(),
});
const instant = z.codec(z.string(), z.date(), {
  decode: text => new Date(text),
  encode: date => date.toISOString(),
});
/** PostgreSQL keeps neither NUL nor half a surrogate pair; a provider that sends one must not stop its own message. */
const text = z.codec(z.string(), z.string(), {
  decode: kept => kept,
  encode: given => given.replaceAll('\0', '\uFFFD').toWellFormed(),
});
const maybe = <Schema extends z.ZodType>(schema: Schema) => z.exactOptional(schema.nullable());

const money = z.object({ amount, currency: text });
const learnt = { type: text, at: maybe(instant) };

const record = z.discriminatedUnion('kind', [
  z.object({
    ...learnt,
    kind: z.literal('PAYMENT'),
    status: z.enum(PAYMENT_STATUSES),
    money: maybe(money),
    code: maybe(text),
    message: maybe(text),
  }),
  z.object({ ...learnt, kind: z.literal('FAILURE'), code: text.nullable(), message: text.nullable() }),
  z.object({
    ...learnt,
    kind: z.literal('REFUND'),
    refundId: maybe(text),
    reference: maybe(text),
    status: z.enum(REFUND_STATUSES),
    money,
    code: maybe(text),
    message: maybe(text),
  }),
  z.object({
    ...learnt,
    kind: z.literal('DISPUTE'),
    reference: text,
    status: z.enum(['OPEN', 'WON', 'LOST']),
    money: money.nullable(),
    at: instant,
  }),
  z.object({ ...learnt, kind: z.literal('FLAG'), flag: z.enum(REVIEW_FLAGS) }),
  z.object({
    ...learnt,
    kind: z.literal('RESOLUTION'),
    flag: z.enum(REVIEW_FLAGS),
    accept: z.boolean(),
    byUserId: text,
    at: instant,
  }),
]);

/** A fact as `payment_facts.fact` holds it. */
export type FactRecord = z.input<typeof record>;

/**
 * A fact as JSON: amounts are digits, instants ISO 8601. What is not there stays away, and null stays null. NUL and halves
 * of surrogate pairs become U+FFFD; other text comes back as it was.
 */
export const factToJson = (fact: Fact): FactRecord => z.encode(record, fact);

/** Throws where it is nothing that `factToJson` made: the table is this server's own. */
export const factFromJson = (json: unknown): Fact => z.parse(record, json);
