import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type RowOf, selectProperties } from '../platform/row.ts';
import { runStatement, slot } from '../platform/statement.ts';
import type { Product } from './product.entity.ts';

interface Tables {
  products: { id: string; sku: string; is_active: boolean };
  product_prices: { product_id: string; currency: string; amount: string };
}

const COLUMNS = {
  id: 'products.id',
  sku: 'products.sku',
  name: 'products.name',
  description: 'products.description',
  grantsPlan: 'products.grants_plan',
  grantsDays: 'products.grants_days',
  isActive: 'products.is_active',
} as const;
type ProductProperty = keyof typeof COLUMNS;
const columns = selectProperties(COLUMNS, Object.keys(COLUMNS) as ProductProperty[]);

export type ProductRow = RowOf<Product, ProductProperty>;
/** A product as its resolvers find it: a row that was read, or the entity that a mutation wrote. */
export type ProductSource = ProductRow | Product;

export interface PriceRow {
  readonly productId: string;
  readonly currency: string;
  /** A bigint's digits. */
  readonly amount: string;
}

/** In the order in which they were added. */
export async function readProducts(
  em: EntityManager,
  { retiredToo = false }: { retiredToo?: boolean } = {},
): Promise<ProductRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    retiredToo ? 'all products' : 'products for sale',
    () =>
      db
        .selectFrom('products')
        .select(columns)
        .$if(!retiredToo, products => products.where('products.is_active', '=', true))
        .orderBy('products.id'),
    {},
  );
  return rows as ProductRow[];
}

/** Retired ones included: the orders that have them show them. */
export async function readProductsById(em: EntityManager, ids: readonly string[]): Promise<ProductRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    'products by id',
    () =>
      db
        .selectFrom('products')
        .select(columns)
        .where('products.id', '=', sql<string>`any(${slot('ids')}::uuid[])`),
    { ids },
  );
  return rows as ProductRow[];
}

/** Those of these that are for sale. */
export async function readProductsBySku(em: EntityManager, skus: readonly string[]): Promise<ProductRow[]> {
  const db = sqlOf<Tables>(em);
  const rows = await runStatement(
    db,
    'products by sku',
    () =>
      db
        .selectFrom('products')
        .select(columns)
        .where('products.sku', '=', sql<string>`any(${slot('skus')}::text[])`)
        .where('products.is_active', '=', true),
    { skus },
  );
  return rows as ProductRow[];
}

/** Of each product by the currencies' codes. */
export async function readPrices(em: EntityManager, productIds: readonly string[]): Promise<PriceRow[]> {
  const db = sqlOf<Tables>(em);
  return runStatement(
    db,
    'prices by product',
    () =>
      db
        .selectFrom('product_prices')
        .select(['product_id as productId', 'currency', 'amount'])
        .where('product_id', '=', sql<string>`any(${slot('productIds')}::uuid[])`)
        .orderBy('currency'),
    { productIds },
  );
}
