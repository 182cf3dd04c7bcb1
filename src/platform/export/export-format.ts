import type { EntityManager } from '../database.ts';

/** What an export may be asked for as, such as in the address: `format=ics`. */
export const EXPORT_FORMATS = ['json', 'ics'] as const;
export type ExportFormatName = (typeof EXPORT_FORMATS)[number];

/** A way to write what somebody owns. */
export interface ExportFormat {
  /** The text's media type; it is in UTF-8. */
  readonly mediaType: string;
  /** The text in pieces, of a size that can be held in memory however much there is. `em` has to be in one snapshot. */
  write(em: EntityManager, ownerId: string): AsyncIterable<string>;
}

export type ExportFormats = Readonly<Record<ExportFormatName, ExportFormat>>;
