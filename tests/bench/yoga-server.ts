import { createSchema, createYoga } from 'graphql-yoga';
import { serve } from './http.ts';

/** graphql-yoga as its guide sets it up (https://the-guild.dev/graphql/yoga-server/docs), without a page for browsers. */
const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

const yoga = createYoga({ schema, graphiql: false, landingPage: false, logging: false });
await serve(yoga);
