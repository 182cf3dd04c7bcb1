import { readdirSync, readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { Kind, parse } from 'graphql';

/** Every payload's resolver leaves out userErrors: the mutation pipeline adds them. */
const payloads = readdirSync('schema')
  .flatMap(file => parse(readFileSync(`schema/${file}`, 'utf8')).definitions)
  .flatMap(definition => (definition.kind === Kind.OBJECT_TYPE_DEFINITION ? [definition] : []))
  .filter(definition => definition.interfaces?.some(({ name }) => name.value === 'Payload'))
  .map(definition => definition.name.value);

const config: CodegenConfig = {
  schema: 'schema/*.graphql',
  generates: {
    'src/graphql/generated/resolvers.ts': {
      plugins: [
        { add: { content: '/* Made by npm run codegen from schema/: not to be edited. */' } },
        'typescript',
        'typescript-resolvers',
      ],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        importExtension: '.ts',
        emitLegacyCommonJSImports: false,
        scalars: {
          ID: 'string',
          DateTime: { input: 'Date', output: 'Date | string' },
          EmailAddress: 'string',
          URL: 'string',
          CurrencyCode: 'string',
          SafeInt: { input: 'bigint', output: 'bigint | string | number' },
          StringMap: 'Readonly<Record<string, string>>',
        },
        contextType: '../context.ts#OperationContext',
        directiveContextTypes: ['public#../context.ts#PublicContext'],
        mappers: {
          User: '../../identity/identity.reads.ts#UserSource',
          UserConnection: '../../identity/user-list.reads.ts#UserConnectionSource',
          UserEdge: '../../identity/user-list.reads.ts#UserEdgeSource',
          Session: '../../identity/identity.reads.ts#SessionRow',
          SecurityEvent: '../../identity/security-event.reads.ts#SecurityEventRow',
          SecurityEventConnection: '../../identity/security-event.reads.ts#SecurityEventConnectionSource',
          SecurityEventEdge: '../../identity/security-event.reads.ts#SecurityEventEdgeSource',
          Todo: '../../todo/todo.reads.ts#TodoSource',
          TodoConnection: '../../todo/todo.reads.ts#TodoConnectionSource',
          TodoEdge: '../../todo/todo.reads.ts#TodoEdgeSource',
          Money: '../../payment/money.ts#Money as MoneySource',
          Product: '../../payment/product.reads.ts#ProductSource',
          Order: '../../payment/order.reads.ts#OrderSource',
          OrderLine: '../../payment/order-line.reads.ts#OrderLineRow',
          OrderConnection: '../../payment/order.reads.ts#OrderConnectionSource',
          OrderEdge: '../../payment/order.reads.ts#OrderEdgeSource',
          Payment: '../../payment/payment.reads.ts#PaymentSource',
          PaymentConnection: '../../payment/payment.reads.ts#PaymentConnectionSource',
          PaymentEdge: '../../payment/payment.reads.ts#PaymentEdgeSource',
          PaymentAttention: 'object',
          PaymentAction: '../../payment/providers/provider.ts#NextAction',
          PaymentEvent: '../../payment/payment-event.reads.ts#PaymentEventRow',
          PaymentTotal: '../../payment/payment-list.reads.ts#PaymentTotalRow',
          Refund: '../../payment/refund.reads.ts#RefundSource',
          RefundConnection: '../../payment/refund.reads.ts#RefundConnectionSource',
          RefundEdge: '../../payment/refund.reads.ts#RefundEdgeSource',
          ProviderMessage: '../../payment/provider-message.reads.ts#ProviderMessageRow',
          ProviderMessageConnection: '../../payment/provider-message.reads.ts#ProviderMessageConnectionSource',
          ProviderMessageEdge: '../../payment/provider-message.reads.ts#ProviderMessageEdgeSource',
          PageInfo: '../../platform/page.ts#PageInfoSource',
          TodoChange: '../../change/change.source.ts#ChangeSource',
          UserChange: '../../change/change.source.ts#ChangeSource',
          OrderChange: '../../change/change.source.ts#ChangeSource',
          PaymentChange: '../../change/change.source.ts#ChangeSource',
          ...Object.fromEntries(payloads.map(payload => [payload, '../mutation.ts#Outcome<{T}>'])),
        },
        inputMaybeValue: 'T | null | undefined',
        maybeValue: 'T | null | undefined',
        avoidOptionals: { field: false, object: false, inputValue: false, defaultValue: true },
      },
    },
  },
};

export default config;
