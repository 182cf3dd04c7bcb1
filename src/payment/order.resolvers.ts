import { feedOf } from '../change/change.resolvers.ts';
import type { ChangeSource } from '../change/change.source.ts';
import { connectionResolvers, edgeResolvers } from '../graphql/connection.ts';
import type { OperationContext } from '../graphql/context.ts';
import type { QueryOrdersArgs, Resolvers } from '../graphql/generated/resolvers.ts';
import { selectedFields } from '../graphql/selection.ts';
import { requireMaySee } from '../identity/viewer.ts';
import { fromGlobalId, toGlobalId } from '../platform/ids.ts';
import { type OrderRow, orderList } from './order.reads.ts';
import { placeOrder } from './order.service.ts';
import { maySeeOwned, ownerOf } from './purged-owner.ts';

const listOrders = (ownerId: string, args: QueryOrdersArgs, { loaders }: OperationContext) =>
  loaders.order.ofOwner(ownerId, orderList(args.filter ?? {}), args);

/** Another person's order and no order look the same from outside. */
async function findOrder({ viewer, loaders }: OperationContext, uuid: string | null): Promise<OrderRow | null> {
  const order = uuid ? await loaders.order.byId.load(uuid) : null;
  return order && maySeeOwned(viewer, order) ? order : null;
}

export const orderResolvers = {
  Query: {
    order: (_root, { id }, context) => findOrder(context, fromGlobalId('order', id)),
    orders: (_root, args, context) => listOrders(context.viewer.userId, args, context),
  },
  Mutation: {
    placeOrder: async (_root, { input }, { em, viewer, services, now }) => ({
      order: await placeOrder(em, viewer, input, { ...services.orders, now: now() }),
    }),
  },
  Subscription: {
    orderChanged: {
      subscribe: (_root, { after }, context) => feedOf(context, after, 'order'),
      resolve: (change: ChangeSource) => change,
    },
  },
  Order: {
    id: order => toGlobalId('order', order.id),
    lines: (order, _args, { loaders }) => loaders.order.lines.load(order.id),
    total: ({ totalAmount, currency }) => ({ amount: BigInt(totalAmount), currency }),
    paid: ({ paidAmount, currency }) => ({ amount: BigInt(paidAmount), currency }),
    owner: ({ ownerId }, _args, { loaders }, info) => ownerOf(ownerId, loaders.identity, selectedFields(info)),
  },
  OrderLine: {
    product: async ({ productId }, _args, { loaders }) => {
      const product = await loaders.product.byId.load(productId);
      if (!product) throw new Error('An order was shown with a product that is gone.');
      return product;
    },
    unitPrice: ({ unitAmount, currency }) => ({ amount: BigInt(unitAmount), currency }),
    total: ({ unitAmount, quantity, currency }) => ({ amount: BigInt(unitAmount) * BigInt(quantity), currency }),
  },
  OrderConnection: connectionResolvers,
  OrderEdge: edgeResolvers,
  OrderChange: {
    orderId: ({ change }) => toGlobalId('order', change.entityId),
    order: ({ change }, _args, context) => findOrder(context, change.entityId),
  },
  User: {
    orders: (user, args, context) => {
      requireMaySee(context.viewer, user.id);
      return listOrders(user.id, args, context);
    },
  },
} satisfies Resolvers;

/** An order by its global id: one's own, and anybody's for an admin. */
export const findOrderNode = (context: OperationContext, uuid: string) => findOrder(context, uuid);
