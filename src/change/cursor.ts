import { ApiError } from '../platform/errors.ts';

/** How far an owner has read: the number of a change, and when that change was made (both 0 ahead of the first one). */
export interface FeedPosition {
  readonly seq: number;
  readonly at: number;
}

/** Marks whose feed it is, so that one person's cursor does not silently work on another one's feed. */
const ownerMark = (ownerId: string) => ownerId.slice(-8);

export const writeFeedCursor = (ownerId: string, { seq, at }: FeedPosition): string =>
  Buffer.from(`feed ${seq} ${at} ${ownerMark(ownerId)}`).toString('base64url');

/** Throws BAD_REQUEST where the text is no cursor of this owner's feed. */
export function readFeedCursor(ownerId: string, cursor: string): FeedPosition {
  const match = /^feed (\d{1,15}) (\d{1,15}) ([0-9a-f]{8})$/.exec(Buffer.from(cursor, 'base64url').toString());
  if (!match)
    throw new ApiError(
      'BAD_REQUEST',
      'after is not a cursor of the feed: pass a cursor that a change gave you, unchanged.',
    );
  const [, seq, at, mark] = match;
  if (mark !== ownerMark(ownerId)) throw new ApiError('BAD_REQUEST', 'after is a cursor of another account.');
  return { seq: Number(seq), at: Number(at) };
}
