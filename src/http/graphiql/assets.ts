import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const compress = promisify(gzip);

const JS = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SVG = 'image/svg+xml';
const TEXT = 'text/plain; charset=utf-8';

export interface Asset {
  type: string;
  body: Buffer<ArrayBuffer>;
  gzipped: Buffer<ArrayBuffer>;
}

export interface Assets {
  /** Of all files together. It stands in their paths, so that what a path serves never changes. */
  hash: string;
  /** The closed list of what is served, by file name. */
  files: ReadonlyMap<string, Asset>;
}

/**
 * GraphiQL with React, Monaco and its workers, as graphql-yoga builds them for a page without a network, and our own
 * few files. Takes half a second and memory that is never given back, so call it when a person asks for the page.
 */
export async function loadAssets(): Promise<Assets> {
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const graphqlWs = new URL('../umd/graphql-ws.min.js', import.meta.resolve('graphql-ws/client'));

  const assets = await Promise.all([
    asset('boot.js', JS, await ownFile('boot.js')),
    asset('page.css', CSS, await ownFile('page.css')),
    asset('icon.svg', SVG, await ownFile('icon.svg')),
    asset('tabs.graphql', TEXT, await ownFile('tabs.graphql')),
    asset('graphql-ws.js', JS, await readFile(graphqlWs, 'utf8')),
    asset('graphiql.js', JS, graphiql.js),
    asset('graphiql.css', CSS, graphiql.css),
    asset('editor.worker.js', JS, graphiql.editorWorkerService),
    asset('graphql.worker.js', JS, graphiql.graphqlWorker),
    asset('json.worker.js', JS, graphiql.jsonWorker),
  ]);

  const hash = createHash('sha256');
  for (const [, { body }] of assets) hash.update(body);
  return { hash: hash.digest('hex').slice(0, 16), files: new Map(assets) };
}

const ownFile = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

async function asset(name: string, type: string, text: string): Promise<[string, Asset]> {
  const body = Buffer.from(text);
  return [name, { type, body, gzipped: await compress(body) }];
}
