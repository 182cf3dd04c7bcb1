import { findSessionNode } from '../identity/session.resolvers.ts';
import { findUserNode } from '../identity/user.resolvers.ts';
import { findOrderNode } from '../payment/order.resolvers.ts';
import { findPaymentNode, findRefundNode } from '../payment/payment.resolvers.ts';
import { findProductNode } from '../payment/product.resolvers.ts';
import { ApiError } from '../platform/errors.ts';
import { type IdPrefix, parseGlobalId } from '../platform/ids.ts';
import { findTodoNode } from '../todo/todo.resolvers.ts';
import type { OperationContext } from './context.ts';
import type { Resolvers, ResolversTypes } from './generated/resolvers.ts';

const NODES_MAX = 100;

type FindNode = (context: OperationContext, uuid: string) => Promise<object | null>;

/** How each type is found by its id, if it is the viewer's to see. */
const NODES: Record<IdPrefix, { typename: string; find: FindNode }> = {
  user: { typename: 'User', find: findUserNode },
  session: { typename: 'Session', find: findSessionNode },
  todo: { typename: 'Todo', find: findTodoNode },
  product: { typename: 'Product', find: findProductNode },
  order: { typename: 'Order', find: findOrderNode },
  payment: { typename: 'Payment', find: findPaymentNode },
  refund: { typename: 'Refund', find: findRefundNode },
};

type Node = Awaited<ResolversTypes['Node']> | null;

async function findNode(context: OperationContext, id: string): Promise<Node> {
  const parsed = parseGlobalId(id);
  if (!parsed) return null;
  const { typename, find } = NODES[parsed.prefix];
  const node = await find(context, parsed.uuid);
  return node && ({ ...node, __typename: typename } as unknown as Node);
}

export const nodeResolvers = {
  Query: {
    apiInfo: (_root, _args, { services }) => services.apiInfo,
    node: (_root, { id }, context) => findNode(context, id),
    nodes: async (_root, { ids }, context) => {
      if (ids.length > NODES_MAX)
        throw new ApiError('BAD_REQUEST', `nodes takes at most ${NODES_MAX} ids, not ${ids.length}.`);
      return Promise.all(ids.map(id => findNode(context, id)));
    },
  },
} satisfies Resolvers;
