/** What has to be read as one piece, because a semicolon in it ends nothing: comments, literals, names, bodies, words. */
const PIECES =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\bE'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|\w+|;/gi;

export interface Statement {
  /** Without comments before it, and without the semicolon. */
  readonly text: string;
  /** Where it begins in the text that was split, from 0. */
  readonly offset: number;
}

/**
 * Splits a script where a semicolon ends a statement: not in a literal, a comment, a dollar-quoted body or the
 * `begin atomic … end` of a function. Comments do not nest.
 */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let start: number | undefined;
  let end = 0;
  /** Of `begin atomic` and of `case`, each of which an `end` closes. */
  let depth = 0;
  let previous = '';
  const finish = () => {
    if (start !== undefined) statements.push({ text: script.slice(start, end).trimEnd(), offset: start });
    start = undefined;
    depth = 0;
  };
  // What stands between the pieces, such as a parenthesis, belongs to the statement too.
  const begin = (from: number, to: number) => {
    const blank = script.slice(from, to).search(/\S/);
    if (start === undefined && blank !== -1) start = from + blank;
    if (start !== undefined && blank !== -1) end = to;
  };
  let position = 0;
  for (const { 0: piece, index } of script.matchAll(PIECES)) {
    begin(position, index);
    position = index + piece.length;
    if (piece.startsWith('--') || piece.startsWith('/*')) continue;
    if (piece === ';' && depth === 0) {
      finish();
      continue;
    }
    begin(index, position);
    const word = piece.toLowerCase();
    if ((word === 'atomic' && previous === 'begin') || (word === 'case' && depth > 0)) depth += 1;
    if (word === 'end' && depth > 0) depth -= 1;
    previous = word;
  }
  begin(position, script.length);
  finish();
  return statements;
}
