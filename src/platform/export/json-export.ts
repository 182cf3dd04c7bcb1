import type { EntityManager } from '../database.ts';

/** What the document says of itself. A reader of version 1 may count on all that is there now: additions change nothing. */
export const EXPORT_MARK = { format: 'duely', version: 1 } as const;

/**
 * A part of the document, under its name: an object, or a list whose items come in pages. Each feature says its own,
 * `exports.ts` gathers them. Values are what JSON has; instants as `instantText` writes them.
 */
export type ExportSection = {
  readonly name: string;
} & (
  | { readonly one: (em: EntityManager, ownerId: string) => Promise<object> }
  | { readonly many: (em: EntityManager, ownerId: string) => AsyncIterable<readonly object[]> }
);

/** All sections in one JSON document, an item of a list in each line. */
export async function* writeJsonExport(
  sections: readonly ExportSection[],
  { em, ownerId, at }: { em: EntityManager; ownerId: string; at: Date },
): AsyncGenerator<string, void, void> {
  const head = { ...EXPORT_MARK, exportedAt: at.toISOString() };
  yield JSON.stringify(head).slice(0, -1);
  for (const section of sections) {
    yield `,\n${JSON.stringify(section.name)}:`;
    if ('one' in section) yield JSON.stringify(await section.one(em, ownerId));
    else yield* list(section.many(em, ownerId));
  }
  yield '}\n';
}

async function* list(pages: AsyncIterable<readonly object[]>) {
  let before = '[';
  for await (const page of pages) {
    if (page.length === 0) continue;
    yield `${before}\n${page.map(item => JSON.stringify(item)).join(',\n')}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n]';
}
