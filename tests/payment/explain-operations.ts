const ORDER = `number status lines { quantity unitPrice { amount } product { sku prices { amount } } } owner { username }`;
const PAGE = 'pageInfo { hasNextPage hasPreviousPage endCursor } totalCount';
const ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before, filter: $filter';
const VARIABLES = '$first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter';

const PAYMENT = `status owner { username } order { number payments { status } } refunds { status } events { type }
  nextAction { __typename }`;
const PAYMENTS = `edges { cursor node { ${PAYMENT} } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
const PAYMENT_VARIABLES = '$first: Int, $after: String, $last: Int, $before: String, $filter: PaymentFilter';
const PAGE_ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before';

/** Every operation on orders and payments whose statements are explained: see explain.test.ts, here and of todos. */
export const PAYMENT_OPERATIONS = {
  products: '{ products { sku prices { amount } } }',
  order: `query ($id: ID!) { order(id: $id) { ${ORDER} } }`,
  orders: `query (${VARIABLES}) { orders(${ARGUMENTS}) { edges { cursor node { number } } nodes { ${ORDER} } ${PAGE} } }`,
  ordersOfUsers: `query ($ids: [ID!]!, ${VARIABLES}) {
    nodes(ids: $ids) { ... on User { orders(${ARGUMENTS}) { edges { cursor } nodes { ${ORDER} } ${PAGE} } } }
  }`,
  orderNodes: `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${ORDER} } } }`,
  placeOrder: `mutation ($key: String!) {
    placeOrder(input: { lines: [{ sku: "pro-30-days" }], currency: "USD", idempotencyKey: $key }) { order { id } userErrors { code } }
  }`,
  payments: `query (${PAYMENT_VARIABLES}) { payments(${ARGUMENTS}) { ${PAYMENTS} totalCount } }`,
  paymentsOfUsers: `query ($ids: [ID!]!, ${PAYMENT_VARIABLES}) {
    nodes(ids: $ids) { ... on User { payments(${ARGUMENTS}) { ${PAYMENTS} totalCount } } }
  }`,
  allPayments: `query ($count: Boolean = false, ${PAYMENT_VARIABLES}) {
    allPayments(${ARGUMENTS}) { ${PAYMENTS} totalCount @include(if: $count) }
  }`,
  paymentNodes: `query ($ids: [ID!]!) {
    nodes(ids: $ids) { id ... on Payment { ${PAYMENT} } ... on Refund { payment { status } } ... on Order { payments { status } } }
  }`,
  paymentTotals: 'query ($filter: PaymentFilter) { paymentTotals(filter: $filter) { count amount { amount } } }',
  paymentAttention: `query ($first: Int, $after: String, $last: Int, $before: String) {
    paymentAttention {
      payments(${PAGE_ARGUMENTS}) { ${PAYMENTS} totalCount }
      refunds(${PAGE_ARGUMENTS}) { edges { cursor node { payment { status } } } nodes { id } ${PAGE} }
      messages(${PAGE_ARGUMENTS}) { edges { cursor node { payment { status } } } nodes { type } ${PAGE} }
    }
  }`,
} as const;
