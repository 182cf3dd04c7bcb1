import { setImmediate as nextTurn } from 'node:timers/promises';

/** The calendar cannot be read at all; the message says where and why, for whoever sent it. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

/** What stands between a BEGIN and its END directly in a calendar, such as a VTODO or a VTIMEZONE. */
export interface CalendarComponent {
  /** In capitals. */
  readonly name: string;
  /** What stands in it, folded lines made whole: with the components inside of it, without its own BEGIN and END. */
  readonly lines: readonly string[];
  /** Of the file, where it begins; from 1. */
  readonly line: number;
}

/** Far more than anybody's calendar has, so that what was made to keep the server busy takes no time to refuse. */
const LINES_MAX = 1_000_000;
const COMPONENT_LINES_MAX = 10_000;
/** Of a line that was made whole: an attachment may stand in one. */
const LINE_MAX_LENGTH = 1_000_000;
const DEPTH_MAX = 10;
/** So many lines are read before others get a turn. */
const LINES_AT_ONCE = 5_000;
const CONTENT_LINE = /^[A-Za-z0-9-]+[;:]/;

/**
 * The components of the calendars in a text (RFC 5545, section 3.4), one after the other, so that what is wrong with one of
 * them is nothing to the others, and no library has to hold them all. Lines may end in CRLF or LF. Throws a CalendarError
 * where the text is no calendar or breaks off.
 */
export async function* readComponents(text: string): AsyncGenerator<CalendarComponent, void, void> {
  /** The names of what is open, and the lines where they began. */
  const open: { name: string; line: number }[] = [];
  let lines: string[] = [];
  let isFirst = true;
  let turnAt = LINES_AT_ONCE;
  for (const { content, line } of contentLines(text)) {
    if (line > turnAt) {
      await nextTurn();
      turnAt = line + LINES_AT_ONCE;
    }
    if (!CONTENT_LINE.test(content))
      throw new CalendarError(
        isFirst
          ? 'This is no calendar: it has to begin with BEGIN:VCALENDAR.'
          : `Line ${line} is no line of a calendar: it has to be a name, a colon and a value.`,
      );
    isFirst = false;
    const [, boundary, named = ''] = /^(BEGIN|END):\s*([^\s]*)\s*$/i.exec(content) ?? [];
    const name = named.toUpperCase();
    const current = open.at(-1);
    if (!current && (boundary?.toUpperCase() !== 'BEGIN' || name !== 'VCALENDAR'))
      throw new CalendarError(`In line ${line} a calendar has to begin, with BEGIN:VCALENDAR.`);
    if (boundary?.toUpperCase() === 'BEGIN') {
      if (open.length === DEPTH_MAX) throw new CalendarError(`Line ${line} stands more than ${DEPTH_MAX} levels deep.`);
      open.push({ name, line });
      if (open.length === 2) lines = [];
    } else if (boundary) {
      if (current?.name !== name)
        throw new CalendarError(
          `Line ${line} ends ${name}, but what began in line ${current?.line} is ${current?.name}: something is missing.`,
        );
      open.pop();
      if (open.length === 1) yield { name, lines, line: current.line };
    }
    // Not the boundaries of the component itself.
    if (open.length > 2 || (open.length === 2 && boundary?.toUpperCase() !== 'BEGIN')) lines.push(content);
    if (lines.length > COMPONENT_LINES_MAX)
      throw new CalendarError(
        `${open[1]?.name}, which begins in line ${open[1]?.line}, has more than ${COMPONENT_LINES_MAX.toLocaleString('en')} lines.`,
      );
  }
  if (isFirst) throw new CalendarError('This is no calendar: it is empty.');
  const last = open.at(-1);
  if (last)
    throw new CalendarError(`The calendar breaks off: ${last.name}, which begins in line ${last.line}, has no end.`);
}

/** Folded lines made whole (section 3.1), each with the number of the line where it begins. Empty ones are left out. */
function* contentLines(text: string): Generator<{ content: string; line: number }, void, void> {
  let content: string[] = [];
  let length = 0;
  let first = 1;
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    number += 1;
    if (number > LINES_MAX)
      throw new CalendarError(
        `The calendar has more than ${LINES_MAX.toLocaleString('en')} lines: import it in parts.`,
      );
    const isFolded = content.length > 0 && (text[start] === ' ' || text[start] === '\t');
    if (!isFolded && content.length > 0) yield { content: content.join(''), line: first };
    if (!isFolded) {
      first = number;
      length = 0;
    }
    length += end - start;
    if (length > LINE_MAX_LENGTH)
      throw new CalendarError(`Line ${first} is longer than ${LINE_MAX_LENGTH.toLocaleString('en')} characters.`);
    const physical = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
    if (isFolded) content.push(physical.slice(1));
    else content = physical.trim() === '' ? [] : [physical];
  }
  if (content.length > 0) yield { content: content.join(''), line: first };
}

/** The lines that are the component's own and not of a component inside of it, such as an alarm. */
export function ownLines({ lines }: CalendarComponent): string[] {
  let depth = 0;
  return lines.filter(line => {
    if (/^BEGIN:/i.test(line)) depth += 1;
    const isOwn = depth === 0;
    if (/^END:/i.test(line)) depth -= 1;
    return isOwn;
  });
}
