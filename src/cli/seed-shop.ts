import { sql } from 'kysely';
import { forkFor } from '../change/transact.ts';
import type { Services } from '../graphql/context.ts';
import { addProduct } from '../payment/catalogue.service.ts';
import { Order } from '../payment/order.entity.ts';
import { cancelOrder, placeOrder } from '../payment/order.service.ts';
import { readProducts } from '../payment/product.reads.ts';
import type { NewProduct } from '../payment/product.validation.ts';
import { sqlOf } from '../platform/database.ts';
import { toGlobalId } from '../platform/ids.ts';
import { type Counts, count } from './seed-counts.ts';
import { type Outcome, payBySandbox } from './seed-payments.ts';
import type { SeededPerson } from './seed-people.ts';

const product = (sku: string, name: string, description: string, usd: bigint, pkr: bigint): NewProduct => ({
  sku,
  name,
  description,
  isActive: true,
  prices: [
    { currency: 'USD', amount: usd },
    { currency: 'PKR', amount: pkr },
  ],
});

/** Beside those of the plan PRO, which every database has. JazzCash takes PKR from Rs 10, EasyPaisa in tenths of a rupee. */
const PRODUCTS: readonly NewProduct[] = [
  product('paper-planner', 'Paper planner', 'A year of weeks, with room for what is due.', 1_900n, 520_000n),
  product('sticker-sheet', 'Sticker sheet', 'Forty stickers for what is done.', 450n, 120_000n),
  product('desk-timer', 'Desk timer', 'Twenty-five minutes, then it rings.', 3_200n, 890_000n),
  { ...product('planner-last-year', 'Last year’s planner', 'Not for sale any more.', 900n, 250_000n), isActive: false },
];

export async function seedProducts({ database, transact }: Services): Promise<Omit<Counts, 'what'>> {
  const there = new Set((await readProducts(forkFor(database, null), { retiredToo: true })).map(({ sku }) => sku));
  const areNew: boolean[] = [];
  for (const one of PRODUCTS) {
    if (!there.has(one.sku)) await transact(null, em => addProduct(em, one));
    areNew.push(!there.has(one.sku));
  }
  return count(areNew);
}

interface SeedOrder {
  readonly owner: SeededPerson['name'];
  /** With these three a person has one such order: by them a repeat finds it. */
  readonly sku: string;
  readonly quantity: number;
  readonly currency: 'USD' | 'PKR';
  readonly ends: Outcome | 'UNPAID' | 'CANCELED';
}

const ORDERS: readonly SeedOrder[] = [
  { owner: 'ada', sku: 'paper-planner', quantity: 1, currency: 'USD', ends: 'PAID' },
  { owner: 'ada', sku: 'pro-30-days', quantity: 1, currency: 'USD', ends: 'PAID' },
  { owner: 'ada', sku: 'desk-timer', quantity: 2, currency: 'USD', ends: 'UNPAID' },
  { owner: 'bilal', sku: 'sticker-sheet', quantity: 3, currency: 'PKR', ends: 'DECLINED' },
  { owner: 'bilal', sku: 'paper-planner', quantity: 2, currency: 'PKR', ends: 'REFUNDED' },
  { owner: 'bilal', sku: 'pro-30-days', quantity: 1, currency: 'PKR', ends: 'UNPAID' },
  { owner: 'mei', sku: 'paper-planner', quantity: 3, currency: 'USD', ends: 'PARTLY_REFUNDED' },
  { owner: 'mei', sku: 'sticker-sheet', quantity: 1, currency: 'USD', ends: 'PENDING' },
  { owner: 'mei', sku: 'desk-timer', quantity: 1, currency: 'PKR', ends: 'CANCELED' },
];

/** With what became of them. `publicUrl` is where payers come back to. */
export async function seedOrders(
  services: Services,
  people: readonly SeededPerson[],
  publicUrl: string,
): Promise<Omit<Counts, 'what'>> {
  const admin = people.find(({ role }) => role === 'ADMIN');
  if (!admin) throw new Error('There is an admin among the people.');
  const areNew: boolean[] = [];
  for (const one of ORDERS) {
    const owner = people.find(({ name }) => name === one.owner);
    if (!owner || owner.isClosed) continue;
    const { id, isNew } = await findOrPlace(services, owner, one);
    areNew.push(isNew);
    if (one.ends === 'CANCELED') await cancel(services, owner, id);
    else if (one.ends !== 'UNPAID') await payBySandbox(services, { owner, admin, orderId: id, publicUrl }, one.ends);
  }
  return count(areNew);
}

async function findOrPlace(
  { database, transact, orders, clock }: Services,
  { viewer }: SeededPerson,
  { sku, quantity, currency }: SeedOrder,
): Promise<{ id: string; isNew: boolean }> {
  const { rows } = await sql<{ id: string }>`
    select orders.id from orders
    join order_lines on order_lines.order_id = orders.id join products on products.id = order_lines.product_id
    where orders.owner_id = ${viewer.userId} and orders.currency = ${currency}
      and products.sku = ${sku} and order_lines.quantity = ${quantity}
    order by orders.created_at limit 1
  `.execute(sqlOf(forkFor(database, viewer.userId)));
  if (rows[0]) return { id: rows[0].id, isNew: false };
  const order = { lines: [{ sku, quantity }], currency };
  const { id } = await transact(viewer.userId, em => placeOrder(em, viewer, order, { ...orders, now: clock() }));
  return { id, isNew: true };
}

async function cancel(services: Services, { viewer }: SeededPerson, id: string): Promise<void> {
  const { database, transact, jobs, clock } = services;
  const { status } = await forkFor(database, viewer.userId).findOneOrFail(Order, { id });
  if (status !== 'OPEN') return;
  await transact(viewer.userId, em => cancelOrder(em, toGlobalId('order', id), { jobs, now: clock() }));
}
