import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { readTraceparent } from '../../src/platform/tracing/trace-parent.ts';
import { startCollector } from '../support/collector.ts';
import { startShop } from '../support/shop.ts';
import { until } from '../support/wait.ts';
import { lineOf } from './lines.ts';
import { CALLER, callerOf, partsOf, startTraced, sticking, TRACE } from './traced-app.ts';

const QUERY = '{ apiInfo { name } }';

/** A payment provider that fails, and keeps what it was sent. */
async function startBrokenProvider() {
  const calls: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    calls.push(request.headers);
    response.writeHead(500, { 'Content-Type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const START = `mutation ($input: StartPaymentInput!) { startPayment(input: $input) { userErrors { code } } }`;
const stripeAt = (url: string) => ({
  STRIPE_SECRET_KEY: 'sk_test_standin0000000000',
  STRIPE_WEBHOOK_SECRETS: 'whsec_standin0000000000',
  STRIPE_API_BASE: url,
});
const inputFor = (orderId: string) => ({
  input: { orderId, provider: 'STRIPE', returnUrl: 'http://localhost:3000/thanks', idempotencyKey: `pay ${orderId}` },
});

test('a call to a payment provider is a part of the mutation, and the provider is told of it, each try for itself', async () => {
  await using collector = await startCollector();
  using provider = await startBrokenProvider();
  await using shop = await startShop({
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, WORKER: 'off', ...stripeAt(provider.url) },
  });
  const order = await shop.order();

  await shop.execute(START, inputFor(order.id), shop.buyer, {
    headers: { ...callerOf().headers, tracestate: 'other=1,rojo=00f067aa0ba902b7' },
  });
  await collector.find('of the request', ({ traceId, kind }) => traceId === TRACE && kind === 'SERVER');

  const spans = collector.trace(TRACE);
  const call = spans.find(({ name }) => name === 'STRIPE start');
  const tries = call ? partsOf(call, spans) : [];
  expect(call).toMatchObject({
    failed: true,
    attributes: {
      'duely.payment.provider': 'STRIPE',
      'duely.payment.operation': 'start',
      'duely.payment.outcome': 'UNKNOWN',
    },
  });
  expect(tries.length).toBeGreaterThan(0);
  expect(tries.map(({ name, kind, failed, attributes }) => [name, kind, failed, attributes])).toEqual(
    tries.map(() => [
      'POST',
      'CLIENT',
      true,
      {
        'http.request.method': 'POST',
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(provider.url).port),
        'http.response.status_code': 500,
        'error.type': '500',
      },
    ]),
  );
  expect(provider.calls.map(({ traceparent }) => traceparent)).toEqual(
    tries.map(({ spanId }) => `00-${TRACE}-${spanId}-01`),
  );
  expect(new Set(provider.calls.map(({ tracestate }) => tracestate))).toEqual(
    new Set(['other=1,rojo=00f067aa0ba902b7']),
  );
  expect(sticking(spans)).toEqual([]);
});

test('what its caller does not sample is not shown, and the context goes on all the same', async () => {
  await using collector = await startCollector();
  using provider = await startBrokenProvider();
  await using shop = await startShop({
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, WORKER: 'off', ...stripeAt(provider.url) },
  });
  const order = await shop.order();

  await shop.execute(START, inputFor(order.id), shop.buyer, callerOf(TRACE, '00'));
  const line = await lineOf(shop, 'operation', ({ fields }) => String(fields) === 'startPayment');
  await shop.execute(QUERY, {}, null, callerOf('1'.repeat(32)));
  await collector.find('of what came later', ({ traceId }) => traceId === '1'.repeat(32));

  expect(collector.trace(TRACE)).toEqual([]);
  expect(provider.calls.length).toBeGreaterThan(0);
  for (const { traceparent } of provider.calls)
    expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!${CALLER})[\\da-f]{16}-00$`));
  expect(line.traceId).toBe(TRACE);
});

test('a traceparent that is not well formed is ignored: the request begins a trace of its own', async () => {
  await using app = await startTraced();
  const bad = {
    Long: `00-${TRACE}0-${CALLER}-01`,
    Capitals: `00-${TRACE.toUpperCase()}-${CALLER}-01`,
    NoTrace: `00-${'0'.repeat(32)}-${CALLER}-01`,
    NoSpan: `00-${TRACE}-${'0'.repeat(16)}-01`,
    NoVersion: `ff-${TRACE}-${CALLER}-01`,
    More: `00-${TRACE}-${CALLER}-01-more`,
    Twice: `00-${TRACE}-${CALLER}-01, 00-${TRACE}-${CALLER}-01`,
    Other: 'A'.repeat(4_000),
  };

  for (const [name, traceparent] of Object.entries(bad)) {
    const headers = { traceparent, tracestate: 'a=1' };
    expect((await app.execute(`query ${name} { apiInfo { name } }`, {}, null, { headers })).status).toBe(200);
  }
  const roots = () => app.collector.spans.filter(({ kind }) => kind === 'SERVER');
  await until('all are shown', () => roots().length === Object.keys(bad).length);

  expect(roots().filter(({ parentSpanId }) => parentSpanId !== null)).toEqual([]);
  expect(app.collector.trace(TRACE)).toEqual([]);
  expect(Object.values(bad).map(traceparent => readTraceparent(traceparent))).toEqual(
    Object.values(bad).map(() => null),
  );
});

test('a traceparent of a later version is read as far as this one goes', async () => {
  await using app = await startTraced();

  await app.execute(QUERY, {}, null, { headers: { traceparent: `cc-${TRACE}-${CALLER}-ff-what-comes-later` } });
  const root = await app.collector.find('of the request', ({ kind }) => kind === 'SERVER');

  expect(root).toMatchObject({ traceId: TRACE, parentSpanId: CALLER });
});

test('OTEL_TRACES_SAMPLER decides which traces are kept, and whether callers may', async () => {
  const keptWith = async (sampler: string, ratio = '') => {
    await using app = await startTraced({
      settings: { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio },
    });
    await app.execute('query Plain { apiInfo { name } }');
    await app.execute('query Sampled { apiInfo { name } }', {}, null, callerOf(TRACE, '01'));
    await app.execute('query Not { apiInfo { name } }', {}, null, callerOf('1'.repeat(32), '00'));
    await lineOf(app, 'operation', ({ operation }) => operation === 'Not');
    // Sends what there is.
    await app.app.close();
    return app.collector.spans.flatMap(({ attributes }) => attributes['graphql.operation.name'] ?? []);
  };

  expect(await keptWith('always_on')).toEqual(['Plain', 'Sampled', 'Not']);
  expect(await keptWith('always_off')).toEqual([]);
  expect(await keptWith('traceidratio', '0')).toEqual([]);
  expect(await keptWith('parentbased_always_on')).toEqual(['Plain', 'Sampled']);
  expect(await keptWith('parentbased_traceidratio', '0.0')).toEqual(['Sampled']);
});
