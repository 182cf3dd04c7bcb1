import type { OperationContext } from '../graphql/context.ts';
import type { Resolvers } from '../graphql/generated/resolvers.ts';
import { ApiError } from '../platform/errors.ts';
import { withEventId } from '../platform/event-id.ts';
import type { ChangeSource } from './change.source.ts';
import { type FeedPosition, readFeedCursor, writeFeedCursor } from './cursor.ts';
import { type ChangeRow, readChanges, readFeedEnd } from './feed.ts';

const PAGE_SIZE = { default: 100, max: 1_000 } as const;

/** What shows the changes of an entity of the feed. */
const TYPES: Readonly<Record<string, ChangeSource['__typename']>> = {
  todo: 'TodoChange',
  user: 'UserChange',
  order: 'OrderChange',
  payment: 'PaymentChange',
};

function toSource(ownerId: string, change: ChangeRow): ChangeSource {
  const type = TYPES[change.name];
  if (!type) throw new Error(`No type of the schema shows changes of ${change.name}.`);
  return { __typename: type, ownerId, change };
}

/**
 * The viewer's changes behind a cursor and then for ever; of one entity where it is named. Each has its cursor for an id.
 * A stream of events that broke goes on behind the last one that it gave, whatever its document says.
 */
export async function feedOf(
  { services, viewer, caller }: OperationContext,
  after: string | null | undefined,
  only?: string,
): Promise<AsyncIterable<ChangeSource>> {
  const position = positionBehind(viewer.userId, caller.lastEventId, after);
  const follower = await services.feed.follow(viewer.userId, position);
  const next = async (): Promise<IteratorResult<ChangeSource, undefined>> => {
    for (;;) {
      const { done, value } = await follower.next();
      if (done) return { done, value: undefined };
      if (only && value.name !== only) continue;
      return { done: false, value: withEventId(toSource(viewer.userId, value), writeFeedCursor(viewer.userId, value)) };
    }
  };
  const end = async () => {
    await follower.return();
    return { done: true as const, value: undefined };
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

/** Null: from now on. */
function positionBehind(
  ownerId: string,
  lastEventId: string | null | undefined,
  after: string | null | undefined,
): FeedPosition | null {
  if (typeof lastEventId !== 'string') return typeof after === 'string' ? readFeedCursor(ownerId, after) : null;
  try {
    return readFeedCursor(ownerId, lastEventId);
  } catch (cause) {
    throw new ApiError(
      'BAD_REQUEST',
      'Last-Event-ID is no id of an event of your feed: send the last one that you were given, unchanged, or none.',
      {},
      { cause },
    );
  }
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
  OrderChange: changeResolver,
  PaymentChange: changeResolver,
} satisfies Resolvers;
