import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

/** Entities ask these what they are to become. */
const PURE_RULES = /^payment\/(money|state\/[\w-]+|providers\/provider)\.ts$/;

/**
 * Imports point one way: a file imports from its own layer or from one further down. Within a layer of features the order
 * is change, identity, todo, payment.
 */
const LAYERS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['platform', /^platform\//],
  ['money, and what follows from what is known of it, without a database', PURE_RULES],
  ['entities', /^(change|identity|todo|payment)\/[\w-]+\.entity\.ts$/],
  ['features', /^(change|identity|todo|payment)\/(?!.*\.resolvers\.ts$)/],
  [
    'generated types, context and what resolvers are written with',
    /^graphql\/(generated\/resolvers|context|mutation|selection|connection)\.ts$/,
  ],
  ['resolvers', /^(change|identity|todo|payment)\/.*\.resolvers\.ts$/],
  ['graphql', /^graphql\//],
  ['http', /^http\//],
  ['what the product is made of', /^(entities|exports|schema|workers)\.ts$/],
  ['app', /^(app|services)\.ts$/],
  ['entry points', /^(main\.ts|fetch\.ts|cli\/)/],
];
const FEATURES = ['change', 'identity', 'todo', 'payment'];

const files = globSync('**/*.ts', { cwd: 'src' });
const imports = new Map(files.map(file => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const source = readFileSync(join('src', file), 'utf8');
  const found = [...source.matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)].map(([, path]) => path ?? '');
  return found.map(path => normalize(join(dirname(file), path))).filter(path => path.endsWith('.ts'));
}

const layerOf = (file: string) => LAYERS.findIndex(([, pattern]) => pattern.test(file));
const featureOf = (file: string) => FEATURES.indexOf(file.split('/')[0] ?? '');

test('every source file is of a layer', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter(file => layerOf(file) === -1)).toEqual([]);
});

test('imports point from higher layers to lower ones, and from later features to earlier ones', () => {
  const upward = [...imports].flatMap(([file, targets]) =>
    targets
      .filter(
        target => layerOf(target) > layerOf(file) || (featureOf(file) !== -1 && featureOf(target) > featureOf(file)),
      )
      .map(target => `${file} imports ${target}`),
  );

  expect(upward).toEqual([]);
});

test('no files import each other in a circle', () => {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) return void circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);

  expect(circles).toEqual([]);
});

test('a module does nothing when it is imported, entry points aside', () => {
  const acting = files
    .filter(file => !/^(main\.ts|cli\/)/.test(file))
    .filter(file =>
      /^(await |void |[a-z][\w.]*\([^)]*\);?$)/m.test(
        readFileSync(join('src', file), 'utf8').replace(/^\w+Schema\.setClass\(\w+\);$/gm, ''),
      ),
    );

  expect(acting).toEqual([]);
});
