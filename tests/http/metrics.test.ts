import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createPaymentMetrics } from '../../src/payment/payment-metrics.ts';
import { readConfig } from '../../src/platform/config.ts';
import { fromGlobalId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Metrics } from '../../src/platform/metrics.ts';
import { startApp, TEST_SECRET, type TestApp } from '../support/app.ts';
import { createTestDatabase } from '../support/database.ts';
import { insertMessage, insertPayment, insertRefund } from '../support/payment-rows.ts';

/** By https://prometheus.io/docs/instrumenting/exposition_formats: what a line of the text format 0.0.4 may be. */
const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const LINE = new RegExp(
  `^(?:# HELP ${NAME} [^\\n]*|# TYPE (${NAME}) (?:counter|gauge|histogram|summary|untyped)|` +
    `(${NAME}(?:\\{${LABEL}(?:,${LABEL})*\\})?) (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|[+-]Inf|NaN))$`,
);

/** Each sample by its name and labels. Fails where a line is none of the format, a sample comes twice or before its type. */
function parseMetrics(text: string): Map<string, number> {
  expect(text.endsWith('\n')).toBe(true);
  const samples = new Map<string, number>();
  const types = new Set<string>();
  for (const line of text.split('\n').filter(one => one !== '')) {
    const match = LINE.exec(line);
    expect(match, line).not.toBeNull();
    const [, type, sample, value] = match ?? [];
    if (type) expect(types.has(type), line).toBe(false);
    if (type) types.add(type);
    if (!sample) continue;
    const name = sample.replace(/\{.*/, '');
    expect(
      [name, name.replace(/_(bucket|sum|count)$/, '')].some(one => types.has(one)),
      line,
    ).toBe(true);
    expect(samples.has(sample), line).toBe(false);
    samples.set(sample, Number(value));
  }
  return samples;
}

async function scrape(url: string) {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parseMetrics(await response.text());
}

const SETTINGS = {
  STRIPE_SECRET_KEY: 'sk_test_of_the_tests_alone',
  STRIPE_WEBHOOK_SECRETS: 'whsec_of_the_tests_alone',
};
const of = (samples: Map<string, number>, provider: string) =>
  Object.fromEntries(
    ['inquiries_due', 'reviews_open', 'refunds_manual', 'messages_open'].map(name => [
      name,
      samples.get(`duely_payment_${name}{provider="${provider}"}`),
    ]),
  );

test('GET /metrics counts what happens with payment providers, from zero on for those that are set up', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const { metrics } = app.app.services.payments;
  const before = await scrape(`${app.url}/metrics`);

  metrics.attemptStarted('STRIPE');
  metrics.ended('STRIPE', 'SUCCEEDED');
  metrics.ended('STRIPE', 'PENDING');
  metrics.called('STRIPE', 'start', 0.3, 'DONE');
  metrics.called('STRIPE', 'start', 12, 'UNKNOWN');
  metrics.message('STRIPE', 'REFUSED');
  const after = await scrape(`${app.url}/metrics`);

  expect(before.get('duely_payment_attempts_total{provider="STRIPE"}')).toBe(0);
  expect(before.get('duely_payment_outcomes_total{provider="STRIPE",status="FAILED"}')).toBe(0);
  expect(before.has('duely_payment_attempts_total{provider="JAZZCASH"}')).toBe(false);
  const changed = [...after].filter(
    ([sample, value]) =>
      sample.startsWith('duely_payment') && before.get(sample) !== value && !sample.includes('_bucket'),
  );
  expect(Object.fromEntries(changed)).toEqual({
    'duely_payment_attempts_total{provider="STRIPE"}': 1,
    'duely_payment_outcomes_total{provider="STRIPE",status="SUCCEEDED"}': 1,
    'duely_payment_provider_calls_total{provider="STRIPE",operation="start",outcome="DONE"}': 1,
    'duely_payment_provider_calls_total{provider="STRIPE",operation="start",outcome="UNKNOWN"}': 1,
    'duely_payment_provider_call_seconds_sum{provider="STRIPE",operation="start"}': 12.3,
    'duely_payment_provider_call_seconds_count{provider="STRIPE",operation="start"}': 2,
    'duely_payment_messages_total{provider="STRIPE",result="REFUSED"}': 1,
  });
  const bucket = (le: string) =>
    after.get(`duely_payment_provider_call_seconds_bucket{le="${le}",provider="STRIPE",operation="start"}`);
  expect(['0.25', '0.5', '10', '30', '+Inf'].map(bucket)).toEqual([0, 1, 1, 2, 2]);
});

test('GET /metrics shows what waits: for the provider to be asked, for a person, for a payment to appear', async () => {
  await using app = await startApp({ settings: SETTINGS });
  const owner_id = fromGlobalId('user', (await app.createUser()).id);
  const empty = await scrape(`${app.url}/metrics`);
  const now = Date.now();
  const ago = (seconds: number) => new Date(now - seconds * 1_000).toISOString();
  await insertPayment(app.database, { owner_id, next_inquiry_at: ago(600) });
  await insertPayment(app.database, { owner_id, next_inquiry_at: ago(60) });
  await insertPayment(app.database, { owner_id, next_inquiry_at: ago(-600) });
  const flagged = await insertPayment(app.database, { owner_id, provider: 'JAZZCASH', review_flags: ['DISPUTED'] });
  await insertRefund(app.database, flagged, { needs_manual: true, created_at: ago(3_600) });
  await insertRefund(app.database, flagged, { needs_manual: true, status: 'FAILED' });
  for (const status of ['RECEIVED', 'UNMATCHED', 'FAILED', 'PROCESSED', 'IGNORED'])
    await insertMessage(app.database, { status });

  const full = await scrape(`${app.url}/metrics`);

  expect(of(empty, 'STRIPE')).toEqual({ inquiries_due: 0, reviews_open: 0, refunds_manual: 0, messages_open: 0 });
  expect(of(full, 'STRIPE')).toEqual({ inquiries_due: 2, reviews_open: 0, refunds_manual: 0, messages_open: 3 });
  // It is not set up, and shows only because something of it waits.
  expect(empty.has('duely_payment_reviews_open{provider="JAZZCASH"}')).toBe(false);
  expect(full.get('duely_payment_reviews_open{provider="JAZZCASH"}')).toBe(1);
  expect(full.get('duely_payment_refunds_manual{provider="JAZZCASH"}')).toBe(1);
  expect(empty.get('duely_payment_inquiry_lag_seconds{provider="STRIPE"}')).toBe(0);
  expect(full.get('duely_payment_inquiry_lag_seconds{provider="STRIPE"}')).toBeGreaterThanOrEqual(600);
  expect(full.get('duely_payment_refund_manual_age_seconds{provider="JAZZCASH"}')).toBeGreaterThanOrEqual(3_600);
  expect(full.get('duely_measurement_up{measurement="payments"}')).toBe(1);
});

test('where the database cannot be asked, /metrics has no old numbers of it, says so, and has all others', async () => {
  await using app = await startApp({ settings: SETTINGS });
  app.app.services.payments.metrics.attemptStarted('STRIPE');
  const before = await scrape(`${app.url}/metrics`);

  await app.database.query('alter table provider_messages rename to elsewhere');
  const during = await scrape(`${app.url}/metrics`);
  await app.database.query('alter table elsewhere rename to provider_messages');
  const after = await scrape(`${app.url}/metrics`);

  expect(during.get('duely_measurement_up{measurement="payments"}')).toBe(0);
  expect(during.get('duely_payment_attempts_total{provider="STRIPE"}')).toBe(1);
  expect([...during.keys()].filter(sample => /_(due|open|manual|seconds)\{provider="STRIPE"\}/.test(sample))).toEqual(
    [],
  );
  expect(of(before, 'STRIPE')).toEqual(of(after, 'STRIPE'));
  expect(after.get('duely_measurement_up{measurement="payments"}')).toBe(1);
});

test('two scrapes at once are one look into the database', async () => {
  const metrics = new Metrics(createLogger('silent'));
  let looks = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const measure = () => {
    looks += 1;
    return promise;
  };
  metrics.measure({ name: 'slow', gauges: [], measure });

  const scrapes = [metrics.scrape(), metrics.scrape()];
  resolve();
  await Promise.all(scrapes);
  await metrics.scrape();

  expect(looks).toBe(2);
});

test('servers in one process keep their numbers apart', async () => {
  const [one, other] = [new Metrics(createLogger('silent')), new Metrics(createLogger('silent'))];
  const counted = createPaymentMetrics(one, ['STRIPE']);
  createPaymentMetrics(other, ['STRIPE']);

  counted.attemptStarted('STRIPE');

  const sample = 'duely_payment_attempts_total{provider="STRIPE"}';
  expect(parseMetrics(await one.scrape()).get(sample)).toBe(1);
  expect(parseMetrics(await other.scrape()).get(sample)).toBe(0);
});

/** A server whose numbers have a port of their own. */
async function startApart(settings: Record<string, string>) {
  const database = await createTestDatabase();
  const config = readConfig({ NODE_ENV: 'test', PORT: '0', WORKER: 'off', JWT_SECRETS: TEST_SECRET, ...settings });
  const app = createApp({ config, databaseUrl: database.url, logger: createLogger('silent') });
  return {
    app,
    async [Symbol.asyncDispose]() {
      await app.close();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('with METRICS_PORT the numbers are there and nothing else, and not beside everything else; both end with the server', async () => {
  const apart = await startApart({ METRICS_PORT: '0' });
  const { url, port, metricsUrl } = await apart.app.listen();

  const numbers = await scrape(String(metricsUrl));
  const [beside, other, links] = await Promise.all([
    fetch(`${url}/metrics`),
    fetch(new URL('/graphql', String(metricsUrl))),
    fetch(url).then(response => response.json()),
  ]);
  await apart[Symbol.asyncDispose]();

  expect(new URL(String(metricsUrl)).port).not.toBe(String(port));
  expect(numbers.get('duely_measurement_up{measurement="payments"}')).toBe(1);
  expect([beside.status, other.status]).toEqual([404, 404]);
  expect(links).toMatchObject({ links: expect.not.objectContaining({ metrics: expect.anything() }) });
  await expect(fetch(String(metricsUrl))).rejects.toThrow();
});

test('without METRICS_PORT the page of links names /metrics', async () => {
  await using app: TestApp = await startApp();

  const { links } = (await (await fetch(app.url)).json()) as { links: Record<string, string> };

  expect(links.metrics).toBe('/metrics');
});

test('a METRICS_PORT that is taken is refused with the name of the setting, and so is that of the server itself', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  await using apart = await startApart({ METRICS_PORT: port });

  await expect(apart.app.listen()).rejects.toThrow(/Cannot listen on 127\.0\.0\.1:\d+: .*Set METRICS_PORT\./);
  expect(() => readConfig({ NODE_ENV: 'test', PORT: '4000', METRICS_PORT: '4000', JWT_SECRETS: TEST_SECRET })).toThrow(
    'METRICS_PORT has to be another port than PORT',
  );
  taken.close();
});
