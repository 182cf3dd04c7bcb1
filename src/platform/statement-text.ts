/**
 * Quoted names, which stay; then what values are written as: strings, strings with escapes, dollar-quoted ones, numbers
 * (https://www.postgresql.org/docs/current/sql-syntax-lexical.html).
 */
const NAMES_AND_VALUES =
  /("(?:[^"]|"")*")|\be'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\2\$|(?<![\w$.])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi;

/**
 * A statement without values, so that it can be shown, and is the same whatever they were: `title = 'Milk'` becomes
 * `title = $1`. The unit of work writes values into its statements; those that were sent with parameters have none but the
 * source's own constants, and stay as they are.
 */
export function withoutValues(text: string, parameters: unknown): string {
  if (Array.isArray(parameters) && parameters.length > 0) return text;
  let count = 0;
  return text.replace(NAMES_AND_VALUES, (_found, name?: string) => {
    if (name !== undefined) return name;
    count += 1;
    return `$${count}`;
  });
}
