import DataLoader from 'dataloader';

/**
 * The one place that knows DataLoader's contract: a batch answers with as many values as it was given keys, in their
 * order, null for what is not there.
 */

/** Loads one row for each key. `load` may answer in any order and leave out what it does not find. */
export function oneByKey<Key, Row>(
  load: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row | null> {
  return new DataLoader(async keys => {
    const rows = new Map((await load(keys)).map(row => [keyOf(row), row]));
    return keys.map(key => rows.get(key) ?? null);
  });
}

/** Loads what belongs to each key, in the order in which `load` gives it; an empty list where there is nothing. */
export function manyByKey<Key, Row>(
  load: (keys: readonly Key[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => Key,
): DataLoader<Key, Row[]> {
  return new DataLoader(async keys => {
    const rows = Map.groupBy(await load(keys), keyOf);
    return keys.map(key => rows.get(key) ?? []);
  });
}

/**
 * Rows by id, of just the columns that the callers of one batch asked for between them. Two callers that want different
 * columns of one row share the query.
 */
export function rowsById<Field extends string, Row extends { id: string }>(
  load: (ids: readonly string[], fields: ReadonlySet<Field>) => Promise<readonly Row[]>,
): { load(id: string, fields: ReadonlySet<Field>): Promise<Row | null> } {
  type Key = { id: string; fields: ReadonlySet<Field> };
  const loader = new DataLoader<Key, Row | null, string>(
    async keys => {
      const ids = [...new Set(keys.map(key => key.id))];
      const fields = keys.reduce(
        (all, key) => (all === key.fields ? all : all.union(key.fields)),
        keys[0]?.fields ?? new Set<Field>(),
      );
      const rows = new Map((await load(ids, fields)).map(row => [row.id, row]));
      return keys.map(key => rows.get(key.id) ?? null);
    },
    { cacheKeyFn: ({ id, fields }) => `${id} ${[...fields].sort().join()}` },
  );
  return { load: (id, fields) => loader.load({ id, fields }) };
}

/** Makes each loader when it is first asked for with these arguments, and keeps it: one for each key. */
export function loaderFor<Args, Loader>(
  make: (args: Args) => Loader,
  keyOf: (args: Args) => string = JSON.stringify,
): (args: Args) => Loader {
  const loaders = new Map<string, Loader>();
  return args => {
    const key = keyOf(args);
    const loader = loaders.get(key) ?? make(args);
    loaders.set(key, loader);
    return loader;
  };
}
