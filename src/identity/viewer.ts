import type { Role } from './user.entity.ts';

/** Who asks: a session and its user, as they were a few seconds ago at the most. */
export interface Viewer {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
  /** When the access token ends, in milliseconds since 1970. */
  readonly tokenExpiresAt: number;
}

/** May look at what this user owns. */
export const maySee = (viewer: Viewer, userId: string): boolean => viewer.userId === userId || viewer.role === 'ADMIN';

/** Whoever was shown a user may look through what is theirs. Throws an error that is not for the caller: it is a fault of this server. */
export function requireMaySee(viewer: Viewer, userId: string): void {
  if (!maySee(viewer, userId)) throw new Error('A user was shown to somebody who may not see them.');
}
