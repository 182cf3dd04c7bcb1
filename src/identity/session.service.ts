import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { fromGlobalId, newId } from '../platform/ids.ts';
import { equal, hashRefreshToken, isGenuine, makeRefreshToken, newSeed, parseRefreshToken } from './refresh-token.ts';
import { IP_ADDRESS_MAX_LENGTH, Session, USER_AGENT_MAX_LENGTH } from './session.entity.ts';
import { User } from './user.entity.ts';
import type { Viewer } from './viewer.ts';

/** For so long the token that was used last answers again with the same successor. */
const SECOND_ANSWER_MS = 30_000;

export interface SessionSettings {
  /** Newest first: the first makes refresh tokens, all know theirs again. */
  readonly secrets: readonly [string, ...string[]];
  readonly refreshTokenTtlSeconds: number;
}

export interface Device {
  readonly userAgent: string | null;
  readonly ipAddress: string | null;
}

/** As much of it as the tables keep. */
export const shortened = ({ userAgent, ipAddress }: Device): Device => ({
  userAgent: userAgent?.slice(0, USER_AGENT_MAX_LENGTH) ?? null,
  ipAddress: ipAddress?.slice(0, IP_ADDRESS_MAX_LENGTH) ?? null,
});

export interface IssuedSession {
  readonly session: Session;
  readonly user: User;
  readonly refreshToken: string;
}

export function startSession(
  em: EntityManager,
  settings: SessionSettings,
  user: User,
  device: Device,
  now: Date,
): IssuedSession {
  const id = newId();
  const refreshSeed = newSeed();
  const refreshToken = makeRefreshToken(settings.secrets[0], refreshSeed, { sessionId: id, generation: 1 });
  const session = em.create(Session, {
    id,
    user,
    generation: 1,
    refreshSeed,
    refreshHash: hashRefreshToken(refreshToken),
    ...shortened(device),
    createdAt: now,
    lastUsedAt: now,
    expiresAt: expiryOf(settings, now),
  });
  em.persist(session);
  return { session, user, refreshToken };
}

/**
 * Trades a refresh token for its successor. Null where there is none: the token is unknown, or its session is over. A
 * token that was good once and is used again after its time ends its session, for two hold it now: `onReuse` is told
 * whose, and the caller has to commit that.
 */
export async function refreshSession(
  em: EntityManager,
  settings: SessionSettings,
  token: string,
  now: Date,
  onReuse: (user: User) => Promise<void>,
): Promise<IssuedSession | null> {
  const parts = parseRefreshToken(token);
  if (!parts) return null;
  // The lock lets one of many tabs rotate; the others find the rotated session. Nobody is signed in: the token decides.
  const session = await em.findOne(
    Session,
    { id: parts.sessionId },
    { filters: { owner: false }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!session || session.endedAt || session.expiresAt <= now) return null;
  const user = await em.findOne(User, { id: session.user.id, isActive: true }, { filters: { owner: false } });
  if (!user) return null;

  const hash = hashRefreshToken(token);
  if (equal(session.refreshHash, hash)) return { session, user, refreshToken: rotate(session, settings, hash, now) };
  if (
    equal(session.previousHash, hash) &&
    session.rotatedAt &&
    now.getTime() - session.rotatedAt.getTime() <= SECOND_ANSWER_MS
  ) {
    const refreshToken = currentToken(session, settings);
    if (refreshToken) return { session, user, refreshToken };
  } else if (isGenuine(settings.secrets, session.refreshSeed, token, parts)) {
    session.end('REUSED', now);
    await onReuse(user);
  }
  return null;
}

function rotate(session: Session, settings: SessionSettings, usedHash: Buffer, now: Date): string {
  session.generation += 1;
  const refreshToken = makeRefreshToken(settings.secrets[0], session.refreshSeed, {
    sessionId: session.id,
    generation: session.generation,
  });
  session.previousHash = usedHash;
  session.refreshHash = hashRefreshToken(refreshToken);
  session.rotatedAt = now;
  session.lastUsedAt = now;
  session.expiresAt = expiryOf(settings, now);
  return refreshToken;
}

/** The token that is good now, made again; null where the secret that made it is no longer set. */
function currentToken({ id, generation, refreshSeed, refreshHash }: Session, settings: SessionSettings): string | null {
  const candidates = settings.secrets.map(secret =>
    makeRefreshToken(secret, refreshSeed, { sessionId: id, generation }),
  );
  return candidates.find(candidate => equal(refreshHash, hashRefreshToken(candidate))) ?? null;
}

const expiryOf = (settings: SessionSettings, now: Date) =>
  new Date(now.getTime() + settings.refreshTokenTtlSeconds * 1000);

/** Answers whether it was still open. */
export async function endSession(
  em: EntityManager,
  id: string,
  reason: 'LOGGED_OUT' | 'REVOKED',
  now: Date,
): Promise<boolean> {
  const sessionId = fromGlobalId('session', id);
  const session = sessionId
    ? await em.findOne(Session, { id: sessionId }, { lockMode: LockMode.PESSIMISTIC_WRITE })
    : null;
  if (!session) throw new UserInputError('NOT_FOUND', ['id'], 'There is no such session.');
  return session.end(reason, now);
}

/** Answers how many it ended. */
export async function endOtherSessions(em: EntityManager, viewer: Viewer, now: Date): Promise<number> {
  const others = await em.find(
    Session,
    { user: viewer.userId, id: { $ne: viewer.sessionId }, endedAt: null, expiresAt: { $gt: now } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  for (const session of others) session.end('REVOKED', now);
  return others.length;
}

/** Wherever the account is signed in, also where it is not the viewer's. */
export async function endAllSessions(em: EntityManager, user: User, now: Date): Promise<void> {
  const sessions = await em.find(
    Session,
    { user: user.id, endedAt: null, expiresAt: { $gt: now } },
    { filters: { owner: false }, lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  for (const session of sessions) session.end('REVOKED', now);
}
