import { LockMode } from '@mikro-orm/core';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { fromGlobalId, newId } from '../platform/ids.ts';
import type { Money } from './money.ts';
import { Product } from './product.entity.ts';
import {
  checkNewProduct,
  checkPrice,
  checkProductText,
  type NewProduct,
  type ProductText,
} from './product.validation.ts';

interface Tables {
  product_prices: { product_id: string; currency: string; amount: string };
}

/** What a person is told where the database refuses a value as taken, by the name of its index. */
export const PRODUCT_CONSTRAINTS: Readonly<Record<string, UserErrorDetail>> = {
  products_sku_key: {
    code: 'TAKEN',
    path: ['input', 'sku'],
    message: 'There is a product with this sku already, for sale or retired.',
  },
};

/** Throws TAKEN where there is a product with the sku. */
export async function addProduct(em: EntityManager, product: NewProduct): Promise<Product> {
  checkNewProduct(product);
  const { sku, name, description, grantsPlan, grantsDays, prices, isActive } = product;
  const added = em.create(Product, {
    id: newId(),
    sku,
    name,
    description: description ?? null,
    // FREE was refused above.
    grantsPlan: grantsPlan === 'PRO' ? grantsPlan : null,
    grantsDays: grantsDays ?? null,
    isActive,
  });
  em.persist(added);
  // Its prices are no entities, and refer to it.
  await em.flush();
  for (const price of prices) await writePrice(em, added.id, price);
  return added;
}

/** What is undefined stays as it is. */
export async function updateProduct(em: EntityManager, id: string, edit: ProductText): Promise<Product> {
  checkProductText(edit);
  const product = await findProduct(em, id);
  if (typeof edit.name === 'string') product.name = edit.name;
  if (edit.description !== undefined) product.description = edit.description;
  if (typeof edit.isActive === 'boolean') product.isActive = edit.isActive;
  return product;
}

export async function setProductPrice(em: EntityManager, id: string, price: Money): Promise<Product> {
  checkPrice(price);
  const product = await findProduct(em, id);
  await writePrice(em, product.id, price);
  return product;
}

/** Where it is not sold in the currency nothing changes. */
export async function removeProductPrice(em: EntityManager, id: string, currency: string): Promise<Product> {
  const product = await findProduct(em, id);
  await sqlOf<Tables>(em)
    .deleteFrom('product_prices')
    .where('product_id', '=', product.id)
    .where('currency', '=', currency)
    .execute();
  return product;
}

async function writePrice(em: EntityManager, productId: string, { currency, amount }: Money): Promise<void> {
  const price = { amount: amount.toString() };
  await sqlOf<Tables>(em)
    .insertInto('product_prices')
    .values({ product_id: productId, currency, ...price })
    .onConflict(conflict => conflict.columns(['product_id', 'currency']).doUpdateSet(price))
    .execute();
}

/** Locked until the commit, so that two changes at once happen one after the other. */
async function findProduct(em: EntityManager, id: string): Promise<Product> {
  const uuid = fromGlobalId('product', id);
  const product = uuid ? await em.findOne(Product, { id: uuid }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  if (!product) throw new UserInputError('NOT_FOUND', ['id'], 'There is no such product.');
  return product;
}
