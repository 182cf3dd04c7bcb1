import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** Front ends have some hundreds of documents. */
const DOCUMENTS_MAX = 1_000;
/** Together, roughly: strangers choose what is kept, and each could be as large as a body may be. */
const BYTES_MAX = 32_000_000;
/** The parser's nodes were measured at 330 to 390 bytes a token; as much again for what validation and cost keep of it. */
const BYTES_PER_TOKEN = 800;
const ERROR_BYTES = 2_000;

/** What was parsed, and what could not be, by the text; the ones used last, in a bounded room. */
export const createDocumentCache = () => ({
  documentCache: new LRUCache<string, DocumentNode>({
    max: DOCUMENTS_MAX,
    maxSize: BYTES_MAX,
    sizeCalculation: ({ tokenCount = 0 }, text) => 2 * text.length + tokenCount * BYTES_PER_TOKEN + 1,
  }),
  errorCache: new LRUCache<string, object>({
    max: DOCUMENTS_MAX,
    maxSize: BYTES_MAX / 4,
    sizeCalculation: (_error, text) => 2 * text.length + ERROR_BYTES,
  }),
});
