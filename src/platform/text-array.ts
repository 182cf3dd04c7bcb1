import { ArrayType } from '@mikro-orm/core';

/**
 * An array of text, every element quoted (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). MikroORM's own
 * type leaves NULL and outer spaces bare, of which PostgreSQL makes no value and nothing, and writes line feeds as JSON
 * does, of which it makes an n.
 */
export class TextArrayType extends ArrayType<string> {
  override convertToDatabaseValue(texts: string[] | null): string | null {
    return texts && `{${texts.map(text => `"${text.replace(/["\\]/g, '\\$&')}"`).join()}}`;
  }
}
