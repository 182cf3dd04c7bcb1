import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';

/**
 * Cuts what the stand-in needs out of Stripe's own description of its API, so that a clone has it:
 *
 *     node tests/payment/providers/stripe-schema/extract.ts spec3.yaml fixtures3.json
 *
 * Both are of https://github.com/stripe/openapi (MIT License, Copyright (c) Stripe, Inc.).
 */
const OPERATIONS = [
  ['post', '/v1/checkout/sessions'],
  ['get', '/v1/checkout/sessions/{session}'],
  ['post', '/v1/checkout/sessions/{session}/expire'],
  ['get', '/v1/payment_intents/{intent}'],
  ['post', '/v1/refunds'],
  ['get', '/v1/refunds'],
  ['get', '/v1/disputes'],
  ['get', '/v1/events'],
] as const;
const OBJECTS = ['checkout.session', 'payment_intent', 'charge', 'refund', 'dispute', 'event', 'error'];
/** Large parts that differ for each way to pay: the product looks at none of them. */
const CUT = new Set(['payment_method_options', 'payment_method_details', 'next_action', 'source', 'setup_intent']);

type Node = { readonly [key: string]: unknown };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);
const nodeAt = (node: unknown, ...keys: string[]): Node =>
  keys.reduce<Node>((inner, key) => (isNode(inner[key]) ? inner[key] : {}), isNode(node) ? node : {});

const refName = (value: unknown) => (isNode(value) ? /schemas\/(.+)$/.exec(String(value.$ref))?.[1] : undefined);

/** Without prose, and without the expanded objects that nobody expands. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned);
  if (!isNode(value)) return value;
  const branches = Array.isArray(value.anyOf) ? value.anyOf : [];
  const isExpandable = branches.some(branch => isNode(branch) && branch.type === 'string');
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (key.startsWith('x-') || (typeof inner === 'string' && (key === 'description' || key === 'title'))) return [];
    if (CUT.has(key) && isNode(inner)) return [[key, { type: 'object', nullable: true }]];
    if (key === 'anyOf' && isExpandable)
      return [[key, branches.filter(branch => OBJECTS.includes(refName(branch) ?? 'error')).map(pruned)]];
    return [[key, pruned(inner)]];
  });
  return Object.fromEntries(entries);
}

function extract(specification: unknown): object {
  const schemas: Record<string, unknown> = {};
  const visit = (name: string) => {
    if (name in schemas) return;
    schemas[name] = pruned(nodeAt(specification, 'components', 'schemas', name));
    for (const [, inner = ''] of JSON.stringify(schemas[name]).matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      visit(inner);
  };
  for (const name of OBJECTS) visit(name);
  const operations = OPERATIONS.map(([method, path]) => {
    const operation = nodeAt(specification, 'paths', path, method);
    const parameters = Array.isArray(operation.parameters) ? operation.parameters.filter(isNode) : [];
    return {
      method,
      path,
      body: pruned(nodeAt(operation, 'requestBody', 'content', 'application/x-www-form-urlencoded', 'schema')),
      query: {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          parameters.filter(({ in: place }) => place === 'query').map(({ name, schema }) => [name, pruned(schema)]),
        ),
      },
      answer: pruned(nodeAt(operation, 'responses', '200', 'content', 'application/json', 'schema')),
    };
  });
  return { version: nodeAt(specification, 'info').version, operations, schemas };
}

const { positionals } = parseArgs({ allowPositionals: true });
const [specification = 'spec3.yaml', fixtures = 'fixtures3.json'] = positionals;
const here = (name: string) => new URL(name, import.meta.url);
const source = (file: string) =>
  `# Cut out of ${file} of https://github.com/stripe/openapi by extract.ts. MIT License, Copyright (c) Stripe, Inc.: LICENSE.\n`;

writeFileSync(
  here('schema.yaml'),
  source('openapi/spec3.yaml') + stringify(extract(parse(readFileSync(specification, 'utf8'))), { lineWidth: 0 }),
);
const resources = nodeAt(JSON.parse(readFileSync(fixtures, 'utf8')), 'resources');
writeFileSync(
  here('fixtures.yaml'),
  source('openapi/fixtures3.json') +
    stringify(Object.fromEntries(OBJECTS.filter(name => name in resources).map(name => [name, resources[name]])), {
      lineWidth: 0,
    }),
);
