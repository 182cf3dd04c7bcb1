import { changeResolvers } from './change/change.resolvers.ts';
import { pageInfoResolvers } from './graphql/connection.ts';
import { costResolvers } from './graphql/cost.resolvers.ts';
import { nodeResolvers } from './graphql/node.resolvers.ts';
import { buildSchema, readTypeDefs, type SchemaOptions } from './graphql/schema.ts';
import { accountResolvers } from './identity/account.resolvers.ts';
import { ACCOUNT_CONSTRAINTS } from './identity/account.service.ts';
import { adminResolvers } from './identity/admin.resolvers.ts';
import { emailLinkResolvers } from './identity/email-link.resolvers.ts';
import { securityEventResolvers } from './identity/security-event.resolvers.ts';
import { sessionResolvers } from './identity/session.resolvers.ts';
import { userResolvers } from './identity/user.resolvers.ts';
import { PRODUCT_CONSTRAINTS } from './payment/catalogue.service.ts';
import { moneyResolvers } from './payment/money.resolvers.ts';
import { orderResolvers } from './payment/order.resolvers.ts';
import { paymentResolvers } from './payment/payment.resolvers.ts';
import { paymentAdminResolvers } from './payment/payment-admin.resolvers.ts';
import { paymentMutationResolvers } from './payment/payment-mutations.resolvers.ts';
import { productResolvers } from './payment/product.resolvers.ts';
import { todoResolvers } from './todo/todo.resolvers.ts';
import { TODO_CONSTRAINTS } from './todo/todo.service.ts';

/** The product's schema. `added` is more of the same: fields of a test's own, which are under the product's rules too. */
export const createSchema = (added: Partial<Pick<SchemaOptions, 'typeDefs' | 'resolvers'>> = {}) =>
  buildSchema({
    typeDefs: [...readTypeDefs(), ...(added.typeDefs ?? [])],
    resolvers: [
      { PageInfo: pageInfoResolvers },
      nodeResolvers,
      costResolvers,
      changeResolvers,
      userResolvers,
      adminResolvers,
      sessionResolvers,
      securityEventResolvers,
      accountResolvers,
      emailLinkResolvers,
      todoResolvers,
      moneyResolvers,
      productResolvers,
      orderResolvers,
      paymentResolvers,
      paymentAdminResolvers,
      paymentMutationResolvers,
      ...(added.resolvers ?? []),
    ],
    constraints: { ...ACCOUNT_CONSTRAINTS, ...TODO_CONSTRAINTS, ...PRODUCT_CONSTRAINTS },
  });
