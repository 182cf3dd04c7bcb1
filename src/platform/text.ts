/** How many characters a text has, as PostgreSQL counts them: code points. */
export const lengthOf = (text: string): number => [...text].length;
