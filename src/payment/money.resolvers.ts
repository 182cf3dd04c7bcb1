import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { formatMoney, toDecimal } from './money.ts';

export const moneyResolvers = {
  Money: { decimal: toDecimal, formatted: formatMoney },
} satisfies Resolvers;
