import type { IncomingMessage } from 'node:http';
import { sendProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { createGraphiql } from './graphiql.ts';

/** GraphiQL's page at /graphql and the page's files below it. */
export function createGraphiqlRoute(): Route {
  const graphiql = createGraphiql({ endpoint: '/graphql', title: 'Duely GraphiQL' });
  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const page = await graphiql.handle(new Request(url, { headers: singleHeaders(request) }));
    if (!page) return sendProblem(response, 404, 'Not Found', `There is nothing at ${url.pathname}.`);
    response.writeHead(page.status, Object.fromEntries(page.headers));
    response.end(Buffer.from(await page.arrayBuffer()));
  };
}

const singleHeaders = ({ headers }: IncomingMessage): [string, string][] =>
  Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as [string, string]] : [],
  );
