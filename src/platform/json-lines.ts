import { RECORD_MAX_LENGTH, type TextRecord } from './csv.ts';

/**
 * The objects of a text in JSON Lines (https://jsonlines.org), one in each line. A byte order mark is left out, and so are
 * empty lines. After a fault it goes on with the next line.
 */
export async function* readJsonLines(
  pieces: AsyncIterable<string>,
): AsyncGenerator<TextRecord<Readonly<Record<string, unknown>>>> {
  let rest = '';
  let line = 0;
  let isTooLong = false;
  for await (const piece of pieces) {
    // Not by readline, which also ends lines where JSON's strings may go on (U+2028).
    const lines = `${rest}${piece}`.split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      line += 1;
      yield* isTooLong ? tooLong(line) : readLine(text, line);
      isTooLong = false;
    }
    if (rest.length > RECORD_MAX_LENGTH) [rest, isTooLong] = ['', true];
  }
  yield* isTooLong ? tooLong(line + 1) : readLine(rest, line + 1);
}

function* tooLong(line: number) {
  yield { line, fault: `It is longer than ${RECORD_MAX_LENGTH} characters.` };
}

function* readLine(text: string, line: number): Generator<TextRecord<Readonly<Record<string, unknown>>>> {
  if (text.length > RECORD_MAX_LENGTH) return yield* tooLong(line);
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') return;
  const value = parse(trimmed);
  yield isObject(value) ? { line, value } : { line, fault: 'It is not a JSON object.' };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
