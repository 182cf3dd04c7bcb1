import { defineEntity, p } from '@mikro-orm/core';
import { entityColumns } from '../platform/entity.ts';

export const SKU_MAX_LENGTH = 64;
export const PRODUCT_NAME_MAX_LENGTH = 200;
export const PRODUCT_DESCRIPTION_MAX_LENGTH = 2_000;
export const GRANTS_DAYS_MAX = 36_500;

/** What nobody pays for cannot be given. */
const PAID_PLANS = ['PRO'] as const;

const SKU_PATTERN = /^[a-z0-9]+(-[a-z0-9]+)*$/;
/** Whether a product could have it. */
export const isSku = (text: string): boolean => text.length <= SKU_MAX_LENGTH && SKU_PATTERN.test(text);

const ProductSchema = defineEntity({
  name: 'Product',
  tableName: 'products',
  properties: {
    ...entityColumns,
    sku: p.string().length(SKU_MAX_LENGTH),
    name: p.string().length(PRODUCT_NAME_MAX_LENGTH),
    description: p.string().length(PRODUCT_DESCRIPTION_MAX_LENGTH).nullable(),
    /** What a paid order gives, and for how many days each; both or neither. */
    grantsPlan: p.enum(PAID_PLANS).nullable(),
    grantsDays: p.integer().nullable(),
    isActive: p.boolean().default(true),
  },
});

/** Something for sale. Its prices are in a table of their own, one for each currency. */
export class Product extends ProductSchema.class {}
ProductSchema.setClass(Product);
