/** How many characters a text has, as PostgreSQL counts them: code points. */
export const lengthOf = (text: string): number => [...text].length;

/** Whether PostgreSQL can keep it as it stands: without U+0000, and without half a surrogate pair. */
export const isText = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

/** What is wrong with what is no text. */
export const NOT_TEXT = 'Text must not have the character U+0000, nor half of a character (a lone surrogate).';
