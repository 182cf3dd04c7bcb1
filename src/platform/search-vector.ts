import { Type } from '@mikro-orm/core';

/** A tsvector, written as PostgreSQL's own text for it. */
export class SearchVectorType extends Type<string, string> {
  override getColumnType(): string {
    return 'tsvector';
  }

  override convertToDatabaseValueSQL(key: string): string {
    return `${key}::tsvector`;
  }
}
