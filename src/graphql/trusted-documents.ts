import { readFileSync } from 'node:fs';
import { GraphQLError, parse } from 'graphql';
import { z } from 'zod';
import { type ErrorCode, SetupError } from '../platform/errors.ts';

/** The documents that front ends were built with: they may be asked for by their ids, and may be all that runs. */
export interface TrustedDocuments {
  /** How many there are. */
  readonly size: number;
  /** The text of a document; undefined where there is none with the id. With or without `sha256:` is the same. */
  find(id: string): string | undefined;
  /** Whether a document may run. */
  allows(text: string): boolean;
}

/** As graphql-codegen and Relay's compiler write them: texts by their ids. */
const PlainManifest = z.record(z.string(), z.string());
/** As Apollo's generate-persisted-query-manifest writes them. */
const ApolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});

const PREFIX = 'sha256:';

/** None, and everything may run. */
export const noTrustedDocuments: TrustedDocuments = { size: 0, find: () => undefined, allows: () => true };

/**
 * Reads manifests; several are those of several front ends, or of their versions. With `only`, nothing else may run. Throws a
 * SetupError where a file cannot be read, or says two things of one id.
 */
export function readTrustedDocuments({ files, only }: { files: readonly string[]; only: boolean }): TrustedDocuments {
  if (files.length === 0) return noTrustedDocuments;
  const texts = new Map<string, string>();
  for (const file of files) {
    for (const [id, text] of readManifest(file)) {
      const bare = withoutPrefix(id);
      if ((texts.get(bare) ?? text) !== text)
        throw new SetupError(`TRUSTED_DOCUMENTS: ${file} has another document as ${id} than a file before it.`);
      texts.set(bare, text);
    }
  }
  const allowed = new Set(texts.values());
  return {
    size: texts.size,
    find: id => texts.get(withoutPrefix(id)),
    allows: only ? text => allowed.has(text) : () => true,
  };
}

const withoutPrefix = (id: string) => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id);

function readManifest(file: string): [id: string, text: string][] {
  const documents = parseManifest(file);
  for (const [id, text] of documents) {
    try {
      parse(text, { noLocation: true });
    } catch (error) {
      throw new SetupError(`TRUSTED_DOCUMENTS: ${file} has no GraphQL as ${id}: ${String(error)}`);
    }
  }
  return documents;
}

function parseManifest(file: string): [id: string, text: string][] {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SetupError(`TRUSTED_DOCUMENTS: ${file} cannot be read as JSON: ${String(error)}`);
  }
  const apollo = ApolloManifest.safeParse(content);
  if (apollo.success) return apollo.data.operations.map(({ id, body }) => [id, body]);
  const plain = PlainManifest.safeParse(content);
  if (plain.success) return Object.entries(plain.data);
  throw new SetupError(
    `TRUSTED_DOCUMENTS: ${file} has to be a JSON object of documents by their ids, such as {"sha256:…": "query Me { me { id } }"}.`,
  );
}

/**
 * A request's parameters with the document that they name: by `documentId`, as in appendix A of GraphQL over HTTP, or by the
 * hash of Apollo's persisted queries, which nobody can register here. What has a query of its own, or is no request, is
 * answered as it is. Throws BAD_REQUEST where there is no such document.
 */
export function withDocument(documents: TrustedDocuments, params: unknown): unknown {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return params;
  const { documentId, ...rest } = params as Record<string, unknown>;
  // A socket's message has to have a query, which may be empty.
  const hasQuery = rest.query !== undefined && rest.query !== null && rest.query !== '';
  if (documentId === undefined || documentId === null) {
    const hash = hasQuery ? undefined : persistedHash(rest.extensions);
    return hash === undefined ? params : { ...rest, query: documents.find(hash) ?? notPersisted(documents) };
  }
  if (typeof documentId !== 'string') throw badRequest('documentId has to be text.');
  if (hasQuery) throw badRequest('Send documentId or query, not both.');
  return { ...rest, query: documents.find(documentId) ?? unknown(documents, documentId) };
}

/** Throws BAD_REQUEST where a document may not run. */
export function requireTrusted(documents: TrustedDocuments, text: string): void {
  if (!documents.allows(text))
    throw badRequest(
      'This server runs trusted documents alone: send the documentId of one that is in its manifest, and deploy the manifest ahead of the front end.',
    );
}

function persistedHash(extensions: unknown): string | undefined {
  if (typeof extensions !== 'object' || extensions === null || !('persistedQuery' in extensions)) return undefined;
  const { persistedQuery } = extensions;
  if (typeof persistedQuery !== 'object' || persistedQuery === null || !('sha256Hash' in persistedQuery))
    return undefined;
  return typeof persistedQuery.sha256Hash === 'string' ? persistedQuery.sha256Hash : undefined;
}

/** Apollo's and urql's clients know these messages, and send the query itself: from then on always, or this once. */
function notPersisted({ size }: TrustedDocuments): never {
  throw badRequest(size === 0 ? 'PersistedQueryNotSupported' : 'PersistedQueryNotFound');
}

function unknown({ size }: TrustedDocuments, documentId: string): never {
  throw badRequest(
    size === 0
      ? 'This server has no trusted documents: send the query itself, or set TRUSTED_DOCUMENTS.'
      : `There is no trusted document ${documentId.slice(0, 100)}: deploy the manifest ahead of the front end, or send the query itself.`,
  );
}

const badRequest = (message: string) =>
  new GraphQLError(message, {
    extensions: { code: 'BAD_REQUEST' satisfies ErrorCode, http: { spec: true, status: 400 } },
  });
