/** What stands in one line of a table, or why it cannot be read. A line is named by its number in the file, from 1. */
export type TextRecord<Value> =
  | { readonly line: number; readonly value: Value }
  | { readonly line: number; readonly fault: string };

/** A record is no longer than so many characters, so that a quote without an end does not take the rest of the file. */
export const RECORD_MAX_LENGTH = 65_536;

/**
 * The records of a text in RFC 4180's format (https://www.rfc-editor.org/rfc/rfc4180): commas, quotes doubled inside of
 * quotes, lines that end in CRLF or LF, also inside of quotes. A byte order mark is left out, and so are empty lines. After
 * a fault it goes on with the next line. The text may come in pieces of any length.
 */
export async function* readCsv(pieces: AsyncIterable<string>): AsyncGenerator<TextRecord<string[]>> {
  const reader = new CsvReader();
  for await (const piece of pieces) yield* reader.read(piece);
  yield* reader.end();
}

type State = 'FIELD_START' | 'PLAIN' | 'QUOTED' | 'QUOTE_IN_QUOTED' | 'SKIPPING';

class CsvReader {
  #state: State = 'FIELD_START';
  #fields: string[] = [];
  #field = '';
  #length = 0;
  #line = 1;
  /** Where the record began. */
  #first = 1;
  #isStart = true;

  *read(piece: string): Generator<TextRecord<string[]>> {
    const text = this.#isStart ? piece.replace(/^\uFEFF/, '') : piece;
    if (piece !== '') this.#isStart = false;
    for (const char of text) {
      yield* this.#take(char);
      if (char === '\n') this.#line += 1;
      if (char === '\n' && this.#state !== 'QUOTED') this.#first = this.#line;
    }
  }

  *end(): Generator<TextRecord<string[]>> {
    if (this.#state === 'QUOTED') yield* this.#fault(`A quote has no end; ${this.#unread()}`);
    else if (this.#state !== 'SKIPPING') yield* this.#finishRecord();
  }

  *#take(char: string): Generator<TextRecord<string[]>> {
    this.#length += char.length;
    if (this.#length > RECORD_MAX_LENGTH && this.#state !== 'SKIPPING')
      yield* this.#fault(`It is longer than ${RECORD_MAX_LENGTH} characters, or a quote has no end; ${this.#unread()}`);
    switch (this.#state) {
      case 'QUOTED':
        if (char === '"') this.#state = 'QUOTE_IN_QUOTED';
        else this.#field += char;
        return;
      case 'SKIPPING':
        if (char === '\n') this.#begin();
        return;
      case 'QUOTE_IN_QUOTED':
        if (char === '"') {
          this.#field += char;
          this.#state = 'QUOTED';
        } else if (char === ',') this.#finishField();
        else if (char === '\n') yield* this.#finishRecord();
        // Part of the line's end, or a fault that the next character tells.
        else if (char !== '\r') yield* this.#fault('Something stands behind the quote that ends a field.');
        return;
      case 'FIELD_START':
      case 'PLAIN':
        if (char === ',') this.#finishField();
        else if (char === '\n') yield* this.#finishRecord();
        else if (char === '"' && this.#state === 'FIELD_START') this.#state = 'QUOTED';
        else if (char === '"') yield* this.#fault('A quote stands inside of a field that is not quoted.');
        else {
          this.#field += char;
          this.#state = 'PLAIN';
        }
    }
  }

  #finishField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'FIELD_START';
  }

  *#finishRecord(): Generator<TextRecord<string[]>> {
    // Of a line's end; inside of quotes it is the field's own.
    if (this.#state === 'PLAIN') this.#field = this.#field.replace(/\r$/, '');
    const isEmpty = this.#fields.length === 0 && this.#field === '' && this.#state !== 'QUOTE_IN_QUOTED';
    this.#finishField();
    if (!isEmpty) yield { line: this.#first, value: this.#fields };
    this.#begin();
  }

  #unread(): string {
    return this.#line > this.#first ? `lines ${this.#first} to ${this.#line} were not read.` : 'it was not read.';
  }

  *#fault(fault: string): Generator<TextRecord<string[]>> {
    this.#state = 'SKIPPING';
    yield { line: this.#first, fault };
  }

  #begin(): void {
    this.#fields = [];
    this.#field = '';
    this.#length = 0;
    this.#state = 'FIELD_START';
  }
}
