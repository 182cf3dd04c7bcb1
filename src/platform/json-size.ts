import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many characters are looked through before others get a turn. */
const AT_ONCE = 1_000_000;

const code = (character: string): number => character.charCodeAt(0);
const QUOTE = code('"');
const BACKSLASH = code('\\');
/** What a value, or a name and its value, can begin or end by; each counts one. */
const MARKS: ReadonlySet<number> = new Set(['[', '{', ','].map(code));

/**
 * Whether JSON has more values than this: a parser makes an object of each empty list, stands still meanwhile, and needs
 * many times the memory of the text. Text that is no JSON has any answer.
 */
export async function hasMoreValues(json: string, max: number): Promise<boolean> {
  let values = 0;
  let isText = false;
  let turnAt = AT_ONCE;
  for (let at = 0; at < json.length; at += 1) {
    if (at >= turnAt) {
      await nextTurn();
      turnAt = at + AT_ONCE;
    }
    const character = json.charCodeAt(at);
    if (character === QUOTE) isText = !isText;
    else if (isText) at += character === BACKSLASH ? 1 : 0;
    else if (MARKS.has(character)) {
      values += 1;
      if (values > max) return true;
    }
  }
  return false;
}
