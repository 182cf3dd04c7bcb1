import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { ApiError } from '../platform/errors.ts';
import type { ChangeSource } from './change.source.ts';
import { readFeedCursor, writeFeedCursor } from './cursor.ts';
import { type ChangeRow, readChanges, readFeedEnd } from './feed.ts';

const PAGE_SIZE = { default: 100, max: 1_000 } as const;

/** What shows the changes of an entity of the feed. */
const TYPES: Readonly<Record<string, ChangeSource['__typename']>> = { todo: 'TodoChange', user: 'UserChange' };

function toSource(ownerId: string, change: ChangeRow): ChangeSource {
  const type = TYPES[change.name];
  if (!type) throw new Error(`No type of the schema shows changes of ${change.name}.`);
  return { __typename: type, ownerId, change };
}

/** The viewer's changes behind a cursor and then for ever; of one entity where it is named. */
export async function feedOf(
  { services, viewer }: OperationContext,
  after: string | null | undefined,
  only?: string,
): Promise<AsyncIterable<ChangeSource>> {
  const position = typeof after === 'string' ? readFeedCursor(viewer.userId, after) : null;
  const follower = await services.feed.follow(viewer.userId, position);
  const next = async (): Promise<IteratorResult<ChangeSource, undefined>> => {
    for (;;) {
      const { done, value } = await follower.next();
      if (done) return { done, value: undefined };
      if (!only || value.name === only) return { done: false, value: toSource(viewer.userId, value) };
    }
  };
  const end = async () => {
    await follower.return();
    return { done: true as const, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

const changeResolver = {
  cursor: ({ ownerId, change }: ChangeSource) => writeFeedCursor(ownerId, change),
  kind: ({ change }: ChangeSource) => change.kind,
  at: ({ change }: ChangeSource) => new Date(change.at),
};

export const changeResolvers = {
  Query: {
    changes: async (_root, { after, first }, { em, viewer }) => {
      const size = first ?? PAGE_SIZE.default;
      if (size < 1 || size > PAGE_SIZE.max)
        throw new ApiError('BAD_REQUEST', `first has to be from 1 to ${PAGE_SIZE.max}, not ${size}.`);
      if (typeof after !== 'string')
        return {
          changes: [],
          cursor: writeFeedCursor(viewer.userId, await readFeedEnd(em, viewer.userId)),
          hasMore: false,
        };

      const position = readFeedCursor(viewer.userId, after);
      const rows = await readChanges(em, viewer.userId, position, size + 1);
      const page = rows.slice(0, size);
      return {
        changes: page.map(change => toSource(viewer.userId, change)),
        cursor: writeFeedCursor(viewer.userId, page.at(-1) ?? position),
        hasMore: rows.length > size,
      };
    },
  },
  Subscription: {
    changes: {
      subscribe: (_root, { after }, context) => feedOf(context, after),
      resolve: (change: ChangeSource) => change,
    },
  },
  TodoChange: changeResolver,
  UserChange: changeResolver,
} satisfies Resolvers;
