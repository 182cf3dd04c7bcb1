/** A message's fields as they came, each with a text; those without a value are left out, as the hash leaves them out. */
export type GivenFields = Readonly<Record<string, string>>;

/** Null where it is no object of texts. Whole numbers count as texts: not every answer puts its amounts into quotes. */
export function fieldsOfJson(text: string): GivenFields | null {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).map(([name, field]: [string, unknown]) => [name, textOf(field)] as const);
  const known = entries.flatMap(([name, field]) => (field === null ? [] : [[name, field] as const]));
  return known.length === entries.length ? withoutEmpty(known) : null;
}

/** Null where a field is there twice: then nobody can say which one was signed. */
export function fieldsOfForm(body: Buffer): GivenFields | null {
  const entries = [...new URLSearchParams(body.toString('utf8'))];
  return new Set(entries.map(([name]) => name)).size === entries.length ? withoutEmpty(entries) : null;
}

const withoutEmpty = (entries: readonly (readonly [string, string])[]): GivenFields =>
  Object.fromEntries(entries.filter(([, text]) => text !== ''));

function textOf(value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return Number.isSafeInteger(value) ? String(value) : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
