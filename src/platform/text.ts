/** How many characters a text has, as PostgreSQL counts them: code points. Texts of files may be very long. */
export function lengthOf(text: string): number {
  let pairs = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ((text.codePointAt(at) ?? 0) <= 0xff_ff) continue;
    pairs += 1;
    at += 1;
  }
  return text.length - pairs;
}

/** Whether PostgreSQL can keep it as it stands: without U+0000, and without half a surrogate pair. */
export const isText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** What is wrong with what is no text. */
export const NOT_TEXT = 'Text must not have the character U+0000, nor half of a character (a lone surrogate).';
