import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import { LRUCache } from 'lru-cache';

/**
 * Queries that are built and typed once for each shape and then run with new values: building one costs as much as
 * running it, and lists come in few shapes.
 */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A bound parameter whose value is given at each run. */
export const slot = <Value>(name: string): RawBuilder<Value> => sql<Value>`${new Slot(name)}`;

export interface Compilable<Row> {
  compile(): CompiledQuery<Row>;
}

/** Callers choose the shapes by what they select, so there has to be a bound. */
const SHAPES_MAX = 1_000;
const compiled = new LRUCache<string, CompiledQuery<unknown>>({ max: SHAPES_MAX });

/**
 * Runs the query that `build` makes, its slots filled from `values`. `shape` has to say everything on which the built
 * query depends: queries of one shape share the one that was built first. A slot without a value throws; null is one.
 */
export async function runStatement<Tables, Row>(
  db: Kysely<Tables>,
  shape: string,
  build: () => Compilable<Row>,
  values: Readonly<Record<string, unknown>>,
): Promise<Row[]> {
  let query = compiled.get(shape) as CompiledQuery<Row> | undefined;
  if (!query) {
    query = build().compile();
    compiled.set(shape, query);
  }
  const parameters = query.parameters.map(parameter => {
    if (!(parameter instanceof Slot)) return parameter;
    const value = values[parameter.name];
    // To the driver undefined would be null, which finds nothing and says nothing.
    if (value === undefined) throw new Error(`The statement ${shape} was run without a value for ${parameter.name}.`);
    return value;
  });
  return (await db.executeQuery<Row>({ ...query, parameters })).rows;
}
