import type { JazzCashStandIn } from '../payment/providers/jazzcash-stand-in.ts';
import type { StripeStandIn } from '../payment/providers/stripe-stand-in.ts';
import type { TestDatabase } from './database.ts';

/** What happened to an attempt at its provider. */
interface Truth {
  readonly isOpen: boolean;
  readonly charged: bigint;
  readonly charges: number;
  /** By our id; '' where the provider was not told it. */
  readonly refunds: readonly { readonly id: string; readonly amount: bigint }[];
}

interface PaymentRow {
  readonly id: string;
  readonly order_id: string;
  readonly provider: 'STRIPE' | 'JAZZCASH';
  readonly reference: string;
  readonly status: string;
  readonly captured: string;
  readonly refunded: string;
  readonly pending: string;
  readonly flags: readonly string[];
  readonly is_superseded: boolean;
  readonly refunds: readonly { id: string; status: string; amount: number; manual: boolean }[];
}

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly plans: number;
  readonly plans_taken_back: number;
}

interface Compared {
  readonly database: TestDatabase;
  readonly stripe: StripeStandIn;
  readonly jazzCash: JazzCashStandIn;
}

/** Ours, which Stripe was told; '' where it was not. */
const idIn = (metadata: unknown, name: string) => (metadata as Readonly<Record<string, string>>)[name] ?? '';
const NOTHING: Truth = { isOpen: false, charged: 0n, charges: 0, refunds: [] };
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

/** Where what is known here is not what happened at the providers, as sentences: none once all is reconciled. */
export async function differences({ database, stripe, jazzCash }: Compared): Promise<string[]> {
  const payments = await readPayments(database);
  const orders = await database.query<OrderRow>(`
    select id, status,
      (select count(*) from entitlements e where e.order_id = orders.id and e.revoked_at is null)::int as plans,
      (select count(*) from entitlements e where e.order_id = orders.id and e.revoked_at is not null)::int as plans_taken_back
    from orders`);
  const ids = new Set(payments.map(({ id }) => id));
  const truths = new Map(
    payments.map(payment => [
      payment.id,
      payment.provider === 'STRIPE' ? atStripe(stripe, payment.id) : atJazzCash(jazzCash, payment.reference),
    ]),
  );
  const strangers = [...stripe.account.sessions.values()].filter(
    ({ metadata }) => !ids.has(idIn(metadata, 'payment_id')),
  );
  return [
    ...strangers.map(({ id }) => `Stripe has the session ${id}, which no payment knows`),
    ...payments.flatMap(payment => ofPayment(payment, truths.get(payment.id) ?? NOTHING)),
    ...orders.flatMap(order =>
      ofOrder(
        order,
        payments.filter(({ order_id: id }) => id === order.id),
        truths,
      ),
    ),
    ...(await ofMails(database)),
    ...(await ofPlan(database)),
    ...(await leftovers(database)),
  ];
}

/** Whatever was done more than once at a provider: never, not even before all is reconciled. */
export function doneTwice({ stripe, jazzCash }: Omit<Compared, 'database'>): string[] {
  const { charges, sessionsByKey, refundsByKey } = stripe.counts;
  const counted = Object.entries({ ...charges, ...sessionsByKey, ...refundsByKey });
  const keysOf = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);
  const refunds = [...stripe.account.refunds.values()].map(({ metadata }) => idIn(metadata, 'refund_id'));
  const sessions = [...stripe.account.sessions.values()].map(({ metadata }) => idIn(metadata, 'payment_id'));
  return [
    ...counted.flatMap(([key, count]) => (count > 1 ? [`Stripe did ${key} ${count} times`] : [])),
    ...keysOf(refunds).map(id => `Stripe has several refunds of ${id}`),
    ...keysOf(sessions).map(id => `Stripe has several sessions of ${id}`),
    ...keysOf(jazzCash.state.charges.map(({ reference }) => reference)).map(id => `JazzCash charged ${id} again`),
  ];
}

function readPayments({ query }: TestDatabase): Promise<PaymentRow[]> {
  return query<PaymentRow>(`
    select id, order_id, provider, reference, status, captured_amount as captured, refunded_amount as refunded,
      refund_pending_amount as pending, review_flags as flags, superseded_at is not null as is_superseded,
      (select coalesce(json_agg(json_build_object('id', r.id, 'status', r.status, 'amount', r.amount, 'manual', r.needs_manual)), '[]')
       from refunds r where r.payment_id = payments.id) as refunds
    from payments`);
}

function atStripe({ account }: StripeStandIn, paymentId: string): Truth {
  const session = [...account.sessions.values()].find(({ metadata }) => idIn(metadata, 'payment_id') === paymentId);
  if (!session) return NOTHING;
  const refunds = [...account.refunds.values()].filter(
    ({ payment_intent: intent }) => intent === session.payment_intent && intent !== null,
  );
  const charges = account.chargesBySession.get(session.id) ?? 0;
  return {
    isOpen: session.status === 'open',
    charges,
    charged: BigInt(charges * session.amount_total),
    refunds: refunds.map(({ metadata, amount }) => ({ id: idIn(metadata, 'refund_id'), amount: BigInt(amount) })),
  };
}

function atJazzCash({ state }: JazzCashStandIn, paymentReference: string): Truth {
  const of = <Moved extends { reference: string }>(all: readonly Moved[]) =>
    all.filter(({ reference }) => reference === paymentReference);
  const charges = of(state.charges);
  return {
    isOpen: state.transactions[paymentReference]?.status === 'Pending',
    charges: charges.length,
    charged: sum(charges.map(({ amount }) => BigInt(amount))),
    refunds: of(state.refunds).map(({ amount }) => ({ id: '', amount: BigInt(amount) })),
  };
}

function ofPayment(payment: PaymentRow, truth: Truth): string[] {
  const { id, provider, status, refunds } = payment;
  const wrong: string[] = [];
  const say = (what: string) => wrong.push(`payment ${id} (${provider}, ${status}): ${what}`);
  if (truth.charges > 0 !== (status === 'SUCCEEDED')) say(`${truth.charges} charges there`);
  if (BigInt(payment.captured) !== truth.charged) say(`${payment.captured} captured here, ${truth.charged} there`);
  const isOpen = status === 'PENDING' && !payment.is_superseded;
  if (provider === 'STRIPE' && truth.isOpen !== isOpen) say(`it can${truth.isOpen ? '' : 'not'} be paid there`);
  if (provider === 'STRIPE' && status === 'CREATED') say('Stripe has not been told of it');

  // What only a person can find out has an amount of its own.
  const manual = refunds.filter(refund => refund.manual && refund.status === 'REQUESTED');
  const done = refunds.filter(refund => refund.status === 'SUCCEEDED');
  const open = refunds.filter(refund => ['REQUESTED', 'PENDING'].includes(refund.status) && !manual.includes(refund));
  const there = sum(truth.refunds.map(({ amount }) => amount));
  const here = sum(done.map(({ amount }) => BigInt(amount)));
  const pending = sum(manual.map(({ amount }) => BigInt(amount)));
  if (open.length > 0) say(`${open.length} refunds under way`);
  if (BigInt(payment.refunded) !== here) say(`${payment.refunded} refunded, but ${here} by its refunds`);
  if (BigInt(payment.pending) !== pending) say(`${payment.pending} reserved, but ${pending} by its refunds`);
  if (there < here || there > here + pending) say(`${here} refunded here and ${pending} unsure, ${there} there`);
  if (truth.refunds.length > done.length + manual.length) say('more refunds there than here');
  for (const refund of truth.refunds)
    if (refund.id !== '' && !done.some(one => one.id === refund.id)) say(`the refund ${refund.id} is done there`);
  return wrong;
}

function ofOrder(order: OrderRow, payments: readonly PaymentRow[], truths: ReadonlyMap<string, Truth>): string[] {
  const { id, status } = order;
  const wrong: string[] = [];
  const say = (what: string) => wrong.push(`order ${id} (${status}): ${what}`);
  const live = payments.filter(payment => ['CREATED', 'PENDING'].includes(payment.status) && !payment.is_superseded);
  if (live.length > 1) say(`${live.length} live attempts`);
  const open = payments.filter(one => one.provider === 'STRIPE' && truths.get(one.id)?.isOpen);
  if (open.length > 1) say(`${open.length} open sessions at Stripe`);

  const charged = payments.filter(payment => (truths.get(payment.id)?.charges ?? 0) > 0);
  const counting = charged.filter(payment => !payment.flags.includes('DUPLICATE_PAYMENT'));
  if (charged.length > 0 && counting.length !== 1) say(`${counting.length} of ${charged.length} charges count`);
  const [paid] = counting;
  const left = paid ? BigInt(paid.captured) - BigInt(paid.refunded) : 0n;
  const expected = !paid
    ? ['OPEN', 'CANCELED']
    : left === 0n
      ? ['REFUNDED']
      : [paid.refunded === '0' ? 'PAID' : 'PARTIALLY_REFUNDED'];
  if (!expected.includes(status)) say(`it should be ${expected.join(' or ')}`);
  const plans = [order.plans, order.plans_taken_back].join();
  if (plans !== (!paid ? '0,0' : left === 0n ? '0,1' : '1,0')) say(`plans given and taken back: ${plans}`);
  return wrong;
}

/** One mail for each order that is paid, and one for each refund that is done. */
async function ofMails({ query }: TestDatabase): Promise<string[]> {
  const due = `select 'PAID' as mail, id::text from orders where status in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED')
    union all select 'REFUNDED', id::text from refunds where status = 'SUCCEEDED'`;
  const rows = await query<{ mail: string; id: string; count: number }>(`
    select due.mail, due.id, count(job.id)::int as count
    from (${due}) as due left join pgboss.job
      on job.name = 'payment-mail' and job.data->>'mail' = due.mail and job.data->>'id' = due.id
    group by due.mail, due.id having count(job.id) <> 1`);
  return rows.map(({ mail, id, count }) => `${count} mails ${mail} of ${id}`);
}

/** Each plan that was given begins where the last one ends; all of them are given within the first one's time. */
async function ofPlan({ query }: TestDatabase): Promise<string[]> {
  const rows = await query<{ username: string; days: string | null; plan: string }>(`
    select username, plan, extract(epoch from plan_expires_at - given.since) / 86400 as days, given.sum
    from users cross join lateral (
      select min(granted_at) as since, coalesce(sum(days), 0) as sum
      from entitlements where owner_id = users.id and revoked_at is null
    ) as given
    where (case when given.sum = 0 then plan <> 'FREE' or plan_expires_at is not null
      else plan <> 'PRO' or plan_expires_at <> given.since + given.sum * interval '24 hours' end)`);
  return rows.map(row => `the plan of ${row.username} is ${JSON.stringify(row)}`);
}

async function leftovers({ query }: TestDatabase): Promise<string[]> {
  const jobs = await query<{ name: string; state: string }>(
    `select name, state::text from pgboss.job where state in ('failed', 'cancelled')
       or (state in ('created', 'retry', 'active') and name in
         ('payment-start', 'payment-cancel', 'refund-retry', 'provider-message', 'payment-mail'))`,
  );
  const messages = await query<{ type: string; status: string }>(
    `select type, status from provider_messages where status not in ('PROCESSED', 'IGNORED')`,
  );
  return [
    ...jobs.map(({ name, state }) => `the job ${name} is ${state}`),
    ...messages.map(({ type, status }) => `the message ${type} is ${status}`),
  ];
}
