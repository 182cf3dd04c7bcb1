import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { ApiError, unauthenticated } from '../platform/errors.ts';
import { toGlobalId } from '../platform/ids.ts';
import { addProduct, removeProductPrice, setProductPrice, updateProduct } from './catalogue.service.ts';
import { readProducts } from './product.reads.ts';

/** The field is public, so its argument has to know for whom it is. */
function checkMaySeeRetired({
  viewerOrNull,
  authenticationFailure,
}: Pick<OperationContext, 'viewerOrNull' | 'authenticationFailure'>): void {
  if (!viewerOrNull) throw unauthenticated(authenticationFailure);
  if (viewerOrNull.role !== 'ADMIN')
    throw new ApiError('FORBIDDEN', 'Only accounts with the role ADMIN may list retired products.');
}

export const productResolvers = {
  Query: {
    products: async (_root, { includeRetired }, context) => {
      if (includeRetired) checkMaySeeRetired(context);
      return readProducts(context.em, { retiredToo: includeRetired });
    },
  },
  Mutation: {
    addProduct: async (_root, { input }, { em }) => ({ product: await addProduct(em, input) }),
    updateProduct: async (_root, { id, input }, { em }) => ({ product: await updateProduct(em, id, input) }),
    setProductPrice: async (_root, { id, input }, { em }) => ({ product: await setProductPrice(em, id, input) }),
    removeProductPrice: async (_root, { id, currency }, { em }) => ({
      product: await removeProductPrice(em, id, currency),
    }),
  },
  Product: {
    id: product => toGlobalId('product', product.id),
    prices: async (product, _args, { loaders }) =>
      (await loaders.product.prices.load(product.id)).map(({ amount, currency }) => ({
        amount: BigInt(amount),
        currency,
      })),
  },
} satisfies Resolvers;

/** Whoever knows its id was shown it, by the catalogue or by an order. */
export const findProductNode = ({ loaders }: OperationContext, uuid: string) => loaders.product.byId.load(uuid);
