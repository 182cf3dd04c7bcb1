import { z } from 'zod';

/** Whole numbers of the smallest unit, as texts. */
const Amount = z
  .string()
  .regex(/^\d{1,16}$/)
  .transform(BigInt);
const Instant = z.iso.datetime({ offset: true }).transform(text => new Date(text));
const Failure = z.object({ code: z.string().max(100), message: z.string().max(500) });
const Currency = z.string().regex(/^[A-Z]{3}$/);

/** A refund as the sandbox tells it. */
export const SandboxRefund = z.object({
  id: z.string().max(64),
  key: z.string().nullable(),
  amount: Amount,
  currency: Currency,
  status: z.enum(['PENDING', 'SUCCEEDED', 'FAILED']),
  failure: Failure.nullable(),
});
export type SandboxRefund = z.infer<typeof SandboxRefund>;

/** A checkout as the sandbox tells it, as far as anybody here looks at it. */
export const SandboxCheckout = z.object({
  id: z.string().max(64),
  reference: z.string().max(64),
  amount: Amount,
  currency: Currency,
  status: z.enum(['OPEN', 'AWAITING_APPROVAL', 'PROCESSING', 'PAID', 'FAILED', 'CANCELED', 'EXPIRED']),
  failure: Failure.nullable(),
  paidAmount: Amount.nullable(),
  paidAt: Instant.nullable(),
  refunds: z.array(SandboxRefund),
  dispute: z
    .object({ id: z.string().max(64), status: z.enum(['OPEN', 'WON', 'LOST']), amount: Amount, at: Instant })
    .nullable(),
});
export type SandboxCheckout = z.infer<typeof SandboxCheckout>;

/** With the address of its page, which messages do not carry. */
export const SandboxPage = SandboxCheckout.extend({ url: z.url({ protocol: /^https?$/ }) });

export const SandboxEvent = z.object({
  id: z.string().min(1).max(64),
  type: z.string().max(100),
  createdAt: Instant,
  checkout: SandboxCheckout,
});
