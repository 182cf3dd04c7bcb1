import { createHash, randomBytes } from 'node:crypto';
import { LockMode } from '@mikro-orm/core';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { ExternalClaims } from '../platform/external-tokens/claims.ts';
import { newId } from '../platform/ids.ts';
import { newSeed } from './refresh-token.ts';
import { Session } from './session.entity.ts';
import { type Device, shortened } from './session.service.ts';

interface Tables {
  external_identities: { id: string; user_id: string; issuer: string; subject: string };
  external_sessions: {
    identity_id: string;
    key_hash: Buffer;
    session_id: string;
    last_issued_at: string | Date | null;
  };
  sessions: { id: string; user_id: string; ended_at: string | null; expires_at: string };
}

/** Which account's session a token belongs to. */
export interface ExternalSession {
  readonly userId: string;
  readonly sessionId: string;
}

interface Found extends ExternalSession {
  readonly identityId: string;
  readonly isOver: boolean;
  /** Nothing has to be written: the token belongs to this session, which may be over. */
  readonly isSettled: boolean;
}

/**
 * What tells one session of a subject from another: the issuer's own name for it, else the subject. Tokens that do not say
 * when they were issued have one each, for it could not be told which of them came after a session's end.
 */
export function sessionKey({ session, issuedAt }: ExternalClaims, token: string): Buffer {
  const key = issuedAt === null ? ['token', token] : session === null ? ['subject'] : ['session', session];
  return createHash('sha256').update(JSON.stringify(key)).digest();
}

/** The session that a token of this key last belonged to; null where there is none. */
export async function findExternalSession(
  em: EntityManager,
  claims: ExternalClaims,
  key: Buffer,
): Promise<Found | null> {
  const row = await sqlOf<Tables>(em)
    .selectFrom('external_identities')
    .innerJoin('external_sessions', 'external_sessions.identity_id', 'external_identities.id')
    .innerJoin('sessions', 'sessions.id', 'external_sessions.session_id')
    .select(['identity_id', 'external_identities.user_id', 'session_id', 'last_issued_at', 'ended_at', 'expires_at'])
    .where('issuer', '=', claims.issuer)
    .where('subject', '=', claims.subject)
    .where('key_hash', '=', key)
    .executeTakeFirst();
  if (!row) return null;
  const issuedAt = claims.issuedAt === null ? Number.NEGATIVE_INFINITY : claims.issuedAt * 1000;
  const seenAt = row.last_issued_at === null ? Number.NEGATIVE_INFINITY : new Date(row.last_issued_at).getTime();
  const isOver = row.ended_at !== null;
  return {
    identityId: row.identity_id,
    userId: row.user_id,
    sessionId: row.session_id,
    isOver,
    isSettled:
      row.ended_at === null
        ? issuedAt <= seenAt && expiryOf(claims) <= new Date(row.expires_at)
        : // Also one that was seen before the end though it says, by a clock that is ahead, that it was issued after it.
          issuedAt <= Math.max(seenAt, new Date(row.ended_at).getTime()),
  };
}

/** Begins a session for this key, in place of one that has ended. Flushes. */
export async function startExternalSession(
  em: EntityManager,
  { identityId, userId }: { identityId: string; userId: string },
  { claims, key, device, now }: { claims: ExternalClaims; key: Buffer; device: Device; now: Date },
): Promise<ExternalSession> {
  const session = em.create(Session, {
    id: newId(),
    user: userId,
    generation: 1,
    refreshSeed: newSeed(),
    // Of no token: the issuer renews its own.
    refreshHash: randomBytes(32),
    ...shortened(device),
    createdAt: now,
    lastUsedAt: now,
    expiresAt: expiryOf(claims),
  });
  em.persist(session);
  await em.flush();
  const row = { session_id: session.id, last_issued_at: issueOf(claims) };
  await sqlOf<Tables>(em)
    .insertInto('external_sessions')
    .values({ identity_id: identityId, key_hash: key, ...row })
    .onConflict(conflict => conflict.columns(['identity_id', 'key_hash']).doUpdateSet(row))
    .execute();
  return { userId, sessionId: session.id };
}

/** The issuer has renewed the token of a session that goes on. */
export async function continueExternalSession(
  em: EntityManager,
  { identityId, userId, sessionId }: Found,
  { claims, key, now }: { claims: ExternalClaims; key: Buffer; now: Date },
): Promise<ExternalSession> {
  const session = await em.findOneOrFail(
    Session,
    { id: sessionId },
    { filters: { owner: false }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  const expiresAt = expiryOf(claims);
  // Of two tokens of one session the older may come last.
  if (session.expiresAt < expiresAt) session.expiresAt = expiresAt;
  session.lastUsedAt = now;
  const issuedAt = issueOf(claims);
  if (issuedAt)
    await sqlOf<Tables>(em)
      .updateTable('external_sessions')
      .set({ last_issued_at: issuedAt })
      .where('identity_id', '=', identityId)
      .where('key_hash', '=', key)
      .where('last_issued_at', '<', issuedAt)
      .execute();
  return { userId, sessionId };
}

const expiryOf = ({ exp }: ExternalClaims) => new Date(exp * 1000);
const issueOf = ({ issuedAt }: ExternalClaims) => (issuedAt === null ? null : new Date(issuedAt * 1000));
