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
          PageInfo: '../../platform/page.ts#PageInfoSource',
          TodoChange: '../../change/change.source.ts#ChangeSource',
          UserChange: '../../change/change.source.ts#ChangeSource',
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
