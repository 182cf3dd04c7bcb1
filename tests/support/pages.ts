import fc from 'fast-check';
import { expect } from 'vitest';

/** What a test of pages asks of a connection. */
export const CONNECTION = `
  edges { cursor node { id } }
  nodes { id }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  totalCount`;

export interface Connection {
  edges: { cursor: string; node: { id: string } }[];
  nodes: { id: string }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
  totalCount: number;
}

/** A counterexample that is not the smallest yet is told before the test's own time is up. */
export const RUNS = { interruptAfterTimeLimit: 45_000 };

/** The sizes of one page after another, again and again. */
export const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
export const cycle = (numbers: readonly number[], at: number) => numbers[at % numbers.length] ?? 1;

/** The page holds the rows of the list from one place to another, and says so. */
export function expectPage(page: Connection, list: readonly string[], from: number, to: number): void {
  expect(page.edges.map(({ node }) => node.id)).toEqual(list.slice(from, to));
  expect(page.nodes.map(({ id }) => id)).toEqual(list.slice(from, to));
  expect(page.totalCount).toBe(list.length);
  expect(page.pageInfo).toEqual({
    hasNextPage: to < list.length,
    hasPreviousPage: from > 0,
    startCursor: page.edges[0]?.cursor ?? null,
    endCursor: page.edges.at(-1)?.cursor ?? null,
  });
}

/** Walks from each end to the other, and finds each row of the list once and in order. */
export async function expectWalks(
  list: readonly string[],
  pageSizes: readonly number[],
  read: (args: object) => Promise<Connection>,
): Promise<void> {
  let [from, after]: [number, string | null] = [0, null];
  for (let page = 0; page === 0 || from < list.length; page += 1) {
    const first = cycle(pageSizes, page);
    const found = await read({ first, after });
    const to = Math.min(from + first, list.length);
    expectPage(found, list, from, to);
    [from, after] = [to, found.pageInfo.endCursor];
  }

  let [to, before]: [number, string | null] = [list.length, null];
  for (let page = 0; page === 0 || to > 0; page += 1) {
    const last = cycle(pageSizes, page);
    const found = await read({ last, before });
    from = Math.max(to - last, 0);
    expectPage(found, list, from, to);
    [to, before] = [from, found.pageInfo.startCursor];
  }
}

/** Reads between any two cursors of a list of at most 100, from either end, and finds the rows between them. */
export async function expectBetween(
  list: readonly string[],
  between: readonly (readonly [one: number, other: number, size: number, backward: boolean])[],
  read: (args: object) => Promise<Connection>,
): Promise<void> {
  const { edges } = await read({ first: 100 });
  expect(edges.map(({ node }) => node.id)).toEqual(list);
  if (edges.length === 0) return;

  for (const [one, other, size, backward] of between) {
    const [i, j] = [Math.floor(one * edges.length), Math.floor(other * edges.length)];
    const found = await read({
      [backward ? 'last' : 'first']: size,
      after: edges[i]?.cursor,
      before: edges[j]?.cursor,
    });

    // Nothing lies between cursors that are out of order, but there are rows on both sides of nothing.
    const [from, to] = i < j ? [i + 1, j] : [Math.max(j, 1), Math.max(j, 1)];
    if (i >= j) {
      const pageInfo = { hasNextPage: true, hasPreviousPage: true, startCursor: null, endCursor: null };
      expect(found).toMatchObject({ nodes: [], pageInfo });
    } else if (backward) expectPage(found, list, Math.max(to - size, from), to);
    else expectPage(found, list, from, Math.min(from + size, to));
  }
}

/** Places of two cursors as fractions of the list, the size of the page, and from which end it is read. */
export const betweens = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.integer({ min: 1, max: 30 }),
    fc.boolean(),
  ),
  { minLength: 4, maxLength: 4 },
);

/** A cursor as the server makes it, of parts that it would not choose. */
export const forgeCursor = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url');
