import ICAL from 'ical.js';

/** Of all lines together: so that they are read in no time, whatever they hold. */
const LINES_MAX_LENGTH = 50_000;
/** Of what stands between the name of a property and its value. */
const PARAMETERS_MAX_LENGTH = 1_000;
const MALFORMED = 'It is malformed.';

/** A property as ical.js reads it (RFC 7265). */
export interface Property {
  readonly tzid: string | null;
  readonly type: string;
  readonly values: readonly unknown[];
}

/** The properties of these lines by their names in small letters, or why they cannot be read, as a sentence. */
export function readProperties(lines: readonly string[]): Map<string, Property[]> | string {
  if (lines.reduce((length, line) => length + line.length, 0) > LINES_MAX_LENGTH)
    return `Its texts have more than ${LINES_MAX_LENGTH.toLocaleString('en')} characters.`;
  if (lines.some(line => valueAt(line) > PARAMETERS_MAX_LENGTH)) return MALFORMED;
  try {
    const [, properties] = ICAL.parse(['BEGIN:VTODO', ...lines, 'END:VTODO'].join('\r\n')) as JCal;
    const read = properties.map(([name, { tzid }, type, ...values]) => ({
      name,
      tzid: typeof tzid === 'string' ? tzid : null,
      type,
      values,
    }));
    return Map.groupBy(read, ({ name }) => name);
  } catch {
    return MALFORMED;
  }
}

type JCal = [string, [name: string, parameters: { tzid?: unknown }, type: string, ...values: unknown[]][], unknown[]];

/** Where the value of a line begins: behind the first colon that is not in quotes. */
function valueAt(line: string): number {
  let isQuoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    if (line[at] === ':' && !isQuoted) return at + 1;
  }
  return line.length;
}
