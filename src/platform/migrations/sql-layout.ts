/** Literals, quoted names, and what opens, parts and closes a list. */
const PIECES = /'(?:[^']|'')*'|"((?:[^"]|"")*)"|[(),]/g;

/**
 * Lays a statement of MikroORM's out as the migrations are written: one column in a line, quotes only around names that
 * need them, and no `null` where a column may be null anyway. `reserved` are the words that are no names without quotes.
 */
export function layOut(statement: string, reserved: ReadonlySet<string>): string {
  const unquoted = statement.replace(PIECES, (piece, name: string | undefined) =>
    name !== undefined && /^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : piece,
  );
  const create = /^(create table \S+) \((.*)\)$/s.exec(unquoted);
  if (create) return `${create[1]} (\n${list(create[2])}\n)`;
  const [, table, columns] = /^(alter table \S+) ((?:add(?! constraint)|drop column) .*)$/s.exec(unquoted) ?? [];
  if (columns === undefined) return unquoted;
  return splitList(columns).length === 1 ? `${table} ${list(columns).trim()}` : `${table}\n${list(columns)}`;
}

const list = (text = '') =>
  splitList(text)
    .map(item => `  ${item.replace(/(?<! not) null(?=$| default )/, '')}`)
    .join(',\n');

/** Parts at the commas that stand in no parentheses and no quotes. */
function splitList(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    if (piece === '(') depth += 1;
    if (piece === ')') depth -= 1;
    if (piece !== ',' || depth > 0) continue;
    items.push(text.slice(start, index).trim());
    start = index + 1;
  }
  return [...items, text.slice(start).trim()];
}
