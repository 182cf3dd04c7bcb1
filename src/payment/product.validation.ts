import type { Plan } from '../identity/user.entity.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { lengthOf } from '../platform/text.ts';
import { AMOUNT_MAX, isCurrency, type Money } from './money.ts';
import {
  GRANTS_DAYS_MAX,
  isSku,
  PRODUCT_DESCRIPTION_MAX_LENGTH,
  PRODUCT_NAME_MAX_LENGTH,
  SKU_MAX_LENGTH,
} from './product.entity.ts';

export interface ProductText {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

export interface NewProduct extends ProductText {
  readonly sku: string;
  readonly name: string;
  readonly grantsPlan?: Plan | null | undefined;
  readonly grantsDays?: number | null | undefined;
  readonly prices: readonly Money[];
  readonly isActive: boolean;
}

/** Throws with every fault at once. */
export function checkNewProduct({ sku, grantsPlan, grantsDays, prices, ...text }: NewProduct): void {
  const faults = textFaults(text);
  const fault = (path: readonly string[], message: string) => faults.push({ code: 'INVALID', path, message });
  if (!isSku(sku))
    fault(
      ['input', 'sku'],
      `A sku has 1 to ${SKU_MAX_LENGTH} small letters and digits, with single hyphens between, such as pro-30-days.`,
    );
  if (grantsPlan === 'FREE')
    fault(['input', 'grantsPlan'], 'FREE is what everybody has: give a plan that is paid for.');
  if (typeof grantsDays === 'number' && (grantsDays < 1 || grantsDays > GRANTS_DAYS_MAX))
    fault(['input', 'grantsDays'], `A plan is given for 1 to ${GRANTS_DAYS_MAX.toLocaleString('en')} days.`);
  if ((grantsPlan ?? null) !== null && (grantsDays ?? null) === null)
    fault(['input', 'grantsDays'], 'Say for how many days the plan is given.');
  if ((grantsPlan ?? null) === null && (grantsDays ?? null) !== null)
    fault(['input', 'grantsPlan'], 'Say which plan is given for these days.');
  for (const [index, price] of prices.entries()) {
    const path = ['input', 'prices', String(index)];
    faults.push(...priceFaults(price, path));
    if (prices.findIndex(({ currency }) => currency === price.currency) < index)
      fault([...path, 'currency'], `There is a price in ${price.currency} already: give one for each currency.`);
  }
  if (faults.length > 0) throw new UserInputError(faults);
}

/** What is undefined was not given and is not looked at. */
export function checkProductText(text: ProductText): void {
  const faults = textFaults(text);
  if (faults.length > 0) throw new UserInputError(faults);
}

export function checkPrice(price: Money): void {
  const faults = priceFaults(price, ['input']);
  if (faults.length > 0) throw new UserInputError(faults);
}

function textFaults({ name, description, isActive }: ProductText): UserErrorDetail[] {
  const faults: UserErrorDetail[] = [];
  const fault = (field: string, message: string) => faults.push({ code: 'INVALID', path: ['input', field], message });
  if (name !== undefined && (name === null || name.trim() === '' || lengthOf(name) > PRODUCT_NAME_MAX_LENGTH))
    fault('name', `A name has 1 to ${PRODUCT_NAME_MAX_LENGTH} characters.`);
  if (description && lengthOf(description) > PRODUCT_DESCRIPTION_MAX_LENGTH)
    fault(
      'description',
      `A description has at most ${PRODUCT_DESCRIPTION_MAX_LENGTH.toLocaleString('en')} characters.`,
    );
  if (isActive === null) fault('isActive', 'Say true or false.');
  return faults;
}

function priceFaults({ currency, amount }: Money, path: readonly string[]): UserErrorDetail[] {
  return [
    ...(isCurrency(currency)
      ? []
      : [
          {
            code: 'INVALID' as const,
            path: [...path, 'currency'],
            message: `${currency} is no currency of ISO 4217.`,
          },
        ]),
    ...(amount < 1n || amount > AMOUNT_MAX
      ? [
          {
            code: 'INVALID' as const,
            path: [...path, 'amount'],
            message: `A price is at least 1 of the currency's smallest unit, and at most ${AMOUNT_MAX}.`,
          },
        ]
      : []),
  ];
}
