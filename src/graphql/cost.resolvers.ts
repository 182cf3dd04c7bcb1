import type { Resolvers } from './generated/resolvers.ts';

export const costResolvers = {
  Query: {
    rateLimit: (_root, _args, { cost, services: { points } }) => {
      if (!points || !cost) return null;
      const { remaining, fullAt } = points.standing(cost.bucket);
      const { capacity, perSecond } = points.settings;
      return { limit: capacity, perSecond, cost: cost.requested, remaining, resetAt: fullAt };
    },
  },
} satisfies Resolvers;
