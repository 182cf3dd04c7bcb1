export type Json = { [key: string]: unknown };

/** `a[0][b]=c` as `{ a: [{ b: 'c' }] }`, which is how Stripe's API takes parameters. */
export function parseForm(text: string): Json {
  const root: Json = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const keys = name.split(/[[\]]+/).filter(key => key !== '');
    let at: Json = root;
    for (const key of keys.slice(0, -1)) at = child(at, key);
    at[keys.at(-1) ?? ''] = value;
  }
  return withLists(root);
}

function child(at: Json, key: string): Json {
  const inner = at[key];
  if (isObject(inner)) return inner;
  const made: Json = {};
  at[key] = made;
  return made;
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withLists(value: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, listed(inner)]));
}

function listed(value: unknown): unknown {
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  const isList = keys.length > 0 && keys.every((key, index) => key === String(index));
  return isList ? Object.values(value).map(listed) : withLists(value);
}
