import { type RawBuilder, sql } from 'kysely';

/**
 * Search in any script, by PostgreSQL's full text search. What a text is made of is decided here and not by the server's
 * dictionaries, so that it is the same on every host: words without accents and without regard to case; each character by
 * itself in scripts that write without spaces; each emoji by itself.
 */

/** Written without spaces between words. */
const UNSPACED = String.raw`\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}`;
const PICTURE = String.raw`\p{Extended_Pictographic}\p{RI}`;
const PARTS = new RegExp(
  String.raw`(?<unspaced>(?:(?=[\p{L}\p{N}])[${UNSPACED}]\p{M}*)+)|(?<picture>[${PICTURE}])|(?<word>(?:(?![${UNSPACED}])[\p{L}\p{N}\p{M}])+)`,
  'gu',
);
const CHARACTERS = /\P{M}\p{M}*/gu;
/** Accents of scripts in which people leave them out when they type; in others a mark is a letter. */
const ACCENTS = /(?<=[\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Arab}\p{sc=Hebr}]\p{M}*)\p{Mn}/gu;
/** Joiners, direction marks and the like, which nobody sees. */
const INVISIBLE = /[\p{Cf}\p{VS}]/gu;
/** One letter with two codes, as Arabic and Urdu keyboards have them; the sigma at the end of a word. */
const ALIKE: Readonly<Record<string, string>> = {
  ي: 'ی',
  ى: 'ی',
  ك: 'ک',
  ه: 'ہ',
  ۀ: 'ہ',
  أ: 'ا',
  إ: 'ا',
  ٱ: 'ا',
  ς: 'σ',
};
const ALIKE_PATTERN = new RegExp(`[${Object.keys(ALIKE).join('')}]`, 'gu');

/** A longer word is cut: PostgreSQL takes 2,046 bytes. */
const WORD_MAX_LENGTH = 100;
/** PostgreSQL keeps positions up to here; what is further back is found, but not as a neighbour. */
const POSITION_MAX = 16_383;

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replace(INVISIBLE, '')
    // There and back: ß is SS in capitals.
    .toUpperCase()
    .toLowerCase()
    .replace(ACCENTS, '')
    .replace(ALIKE_PATTERN, letter => ALIKE[letter] ?? letter)
    .normalize('NFC');

/** The words of a text; a word of an unspaced script is all the characters that stand together. */
function wordsOf(text: string): string[][] {
  return [...fold(text).matchAll(PARTS)].map(({ 0: part, groups }) =>
    groups?.unspaced ? (part.match(CHARACTERS) ?? []) : [[...part].slice(0, WORD_MAX_LENGTH).join('')],
  );
}

/** Neither quotes nor backslashes are part of a word. */
const quote = (lexeme: string) => `'${lexeme}'`;
const ownerLexeme = (ownerId: string) => quote(`@${ownerId}`);

/**
 * A text as a tsvector: the words of its title with weight A, those of its body with weight D, and whose it is, so that one
 * index finds the words of one owner.
 */
export function searchVector(ownerId: string, { title, body }: { title: string; body: string }): string {
  let position = 0;
  const lexemes = (text: string, weight: 'A' | 'D') =>
    wordsOf(text)
      .flat()
      .map(lexeme => {
        position = Math.min(position + 1, POSITION_MAX);
        return `${quote(lexeme)}:${position}${weight}`;
      });
  return [ownerLexeme(ownerId), ...lexemes(title, 'A'), ...lexemes(body, 'D')].join(' ');
}

/**
 * What is searched for as a tsquery: every word, in any order, the last one as the beginning of a word. Null where there
 * is no word in it.
 */
export function searchQuery(text: string): string | null {
  const words = wordsOf(text);
  const query = words.map((characters, index) => {
    const last = index === words.length - 1;
    const lexemes = characters.map((lexeme, at) => quote(lexeme) + (last && at === characters.length - 1 ? ':*' : ''));
    return lexemes.length > 1 ? `(${lexemes.join(' <-> ')})` : lexemes.join('');
  });
  return query.length > 0 ? query.join(' & ') : null;
}

/** The same among one owner's rows alone: `ownerId` and `query` as SQL of type text. */
export const ownedQuery = (ownerId: RawBuilder<string>, query: RawBuilder<string>): RawBuilder<unknown> =>
  sql`concat('''@', ${ownerId}, ''' & (', ${query}, ')')::tsquery`;
