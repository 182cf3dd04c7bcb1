import { manyByKey, oneByKey } from '../platform/batch.ts';
import type { EntityManager } from '../platform/database.ts';
import { type PriceRow, type ProductRow, readPrices, readProductsById } from './product.reads.ts';

export type ProductLoaders = ReturnType<typeof createProductLoaders>;

/** For one operation. Products are nobody's secret, retired ones included: who has an order of one is shown it. */
export const createProductLoaders = (em: EntityManager) => ({
  byId: oneByKey(
    (ids: readonly string[]) => readProductsById(em, ids),
    (product: ProductRow) => product.id,
  ),
  prices: manyByKey(
    (productIds: readonly string[]) => readPrices(em, productIds),
    (price: PriceRow) => price.productId,
  ),
});
