import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { AMOUNT_MAX } from './money.ts';
import type { NewOrderLine } from './order-line.reads.ts';
import { isSku } from './product.entity.ts';
import type { PriceRow, ProductRow } from './product.reads.ts';

export const ORDER_LINES_MAX = 20;
export const QUANTITY_MAX = 100;

export interface OrderedLine {
  readonly sku: string;
  readonly quantity: number;
}

/** What is for sale of what was asked for. */
export interface ForSale {
  readonly products: readonly ProductRow[];
  readonly prices: readonly PriceRow[];
}

const invalid = (path: readonly string[], message: string): UserErrorDetail => ({ code: 'INVALID', path, message });

/** Throws INVALID with every fault of the lines at once: what can be said before anything is read. */
export function checkOrderLines(lines: readonly OrderedLine[]): void {
  if (lines.length < 1 || lines.length > ORDER_LINES_MAX)
    throw new UserInputError(
      'INVALID',
      ['input', 'lines'],
      `An order has 1 to ${ORDER_LINES_MAX} lines, not ${lines.length}.`,
    );
  const faults = lines.flatMap(({ sku, quantity }, index) => {
    const path = (field: string) => ['input', 'lines', String(index), field];
    const first = lines.findIndex(line => line.sku === sku);
    return [
      ...(quantity < 1 || quantity > QUANTITY_MAX
        ? [invalid(path('quantity'), `A line is for 1 to ${QUANTITY_MAX} of a product, not ${quantity}.`)]
        : []),
      ...(first < index && isSku(sku)
        ? [invalid(path('sku'), `Line ${first + 1} is for ${sku} already: give each product once, with its quantity.`)]
        : []),
    ];
  });
  if (faults.length > 0) throw new UserInputError(faults);
}

/** The lines at the prices of this moment, and their total. Throws with every fault at once. */
export function priceOrder(
  lines: readonly OrderedLine[],
  currency: string,
  { products, prices }: ForSale,
): { lines: NewOrderLine[]; total: bigint } {
  const faults: UserErrorDetail[] = [];
  const priced = lines.flatMap(({ sku, quantity }, index): NewOrderLine[] => {
    const product = products.find(found => found.sku === sku);
    if (!product) {
      const path = ['input', 'lines', String(index), 'sku'];
      faults.push({ code: 'NOT_FOUND', path, message: 'Nothing is for sale under this sku.' });
      return [];
    }
    const ofProduct = prices.filter(({ productId }) => productId === product.id);
    const price = ofProduct.find(found => found.currency === currency);
    if (!price) {
      const currencies = ofProduct.map(found => found.currency).join(', ');
      const where = currencies === '' ? 'it cannot be bought yet' : `pay in one of: ${currencies}`;
      faults.push(invalid(['input', 'currency'], `${product.name} is not sold in ${currency}: ${where}.`));
      return [];
    }
    return [{ productId: product.id, quantity, unitAmount: BigInt(price.amount) }];
  });
  if (faults.length > 0) throw new UserInputError(faults);

  const total = priced.reduce((sum, { quantity, unitAmount }) => sum + unitAmount * BigInt(quantity), 0n);
  if (total > AMOUNT_MAX)
    throw new UserInputError('INVALID', ['input', 'lines'], 'The total is too large: order less at once.');
  return { lines: priced, total };
}
