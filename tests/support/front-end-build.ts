import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { generate } from '@graphql-codegen/cli';
import type { DocumentNode } from 'graphql';
import { onTestFinished } from 'vitest';

/** A document as graphql-codegen gives it to a front end. */
export type BuiltDocument = DocumentNode & { readonly __meta__: { readonly hash: string } };

export interface FrontEndBuild {
  /** What the server is given. */
  readonly manifest: string;
  /** What the front end is given, by the operations' names and Document behind. */
  readonly documents: Readonly<Record<string, BuiltDocument>>;
}

/** Builds documents by graphql-codegen's client preset, with `persistedDocuments`. Its files are gone after the test. */
export async function buildFrontEnd(documents: string): Promise<FrontEndBuild> {
  const folder = await mkdtemp(join(tmpdir(), 'duely-front-end-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'documents.graphql'), documents);
  const output = `${join(folder, 'gql')}/`;
  await generate(
    {
      schema: 'schema/*.graphql',
      documents: join(folder, 'documents.graphql'),
      silent: true,
      generates: {
        [output]: {
          preset: 'client',
          config: { useTypeImports: true, enumsAsTypes: true },
          presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } },
        },
      },
    },
    true,
  );
  return {
    manifest: join(output, 'persisted-documents.json'),
    documents: (await import(pathToFileURL(join(output, 'graphql.ts')).href)) as FrontEndBuild['documents'],
  };
}
