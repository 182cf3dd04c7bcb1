import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import type { ExternalClaims } from '../platform/external-tokens/claims.ts';
import { newId } from '../platform/ids.ts';
import { distinct, placeholderEmail, suggestUsername, usableEmail, usableName } from './external-profile.ts';
import { type Role, User } from './user.entity.ts';

interface Tables {
  external_identities: { id: string; user_id: string; issuer: string; subject: string; created_at: Date };
  users: {
    id: string;
    email: string;
    username: string;
    role: Role;
    email_verified_at: string | null;
    is_active: boolean;
    deleted_at: string | null;
  };
}

export interface ExternalAccount {
  readonly identityId: string;
  readonly userId: string;
  /** Neither locked nor closed. */
  readonly isOpen: boolean;
  /** Made just now. */
  readonly isNew: boolean;
}

/**
 * The account of this issuer's subject; a new one for one that was never seen. In a transaction: of several at once for one
 * subject, one makes it. Throws as the unique indexes do where somebody else takes the email or the username meanwhile.
 */
export async function externalAccount(em: EntityManager, claims: ExternalClaims, now: Date): Promise<ExternalAccount> {
  const db = sqlOf<Tables>(em);
  const { issuer, subject } = claims;
  // Until the transaction ends; there is no row yet that could be locked.
  await sql`select pg_advisory_xact_lock(hashtextextended(${JSON.stringify([issuer, subject])}, 0))`.execute(db);
  const known = await db
    .selectFrom('external_identities')
    .innerJoin('users', 'users.id', 'external_identities.user_id')
    .select(['external_identities.id', 'users.id as userId', 'users.is_active', 'users.deleted_at'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (known)
    return {
      identityId: known.id,
      userId: known.userId,
      isOpen: known.is_active && known.deleted_at === null,
      isNew: false,
    };

  const email = usableEmail(claims.profile);
  const holder = email === null ? null : await holderOf(em, email);
  const account =
    holder && claims.profile.emailVerified && holder.isProven
      ? { userId: holder.userId, isOpen: holder.isOpen, isNew: false }
      : await createAccount(em, claims, holder ? null : email, now);
  const identityId = newId();
  await db
    .insertInto('external_identities')
    .values({ id: identityId, user_id: account.userId, issuer, subject, created_at: now })
    .execute();
  return { identityId, ...account };
}

/**
 * Who has this address. Proven: they have shown that it is theirs, so that an issuer that has seen the same speaks of the
 * same person. An admin's account is nobody's by an address, for an issuer's mistake would be a way to everything.
 */
async function holderOf(em: EntityManager, email: string) {
  const row = await sqlOf<Tables>(em)
    .selectFrom('users')
    .select(['id', 'role', 'email_verified_at', 'is_active', 'deleted_at'])
    .where(sql`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
  if (!row) return null;
  return {
    userId: row.id,
    isProven: row.email_verified_at !== null && row.role === 'USER',
    isOpen: row.is_active && row.deleted_at === null,
  };
}

/** Without a password, so that nobody logs in by one. A null email: one at which no mail arrives. */
async function createAccount(em: EntityManager, { profile }: ExternalClaims, email: string | null, now: Date) {
  const username = suggestUsername(profile);
  const taken = await sqlOf<Tables>(em)
    .selectFrom('users')
    .select('id')
    .where(sql`lower(username)`, '=', username.toLowerCase())
    .executeTakeFirst();
  const user = em.create(User, {
    email: email ?? placeholderEmail(),
    username: taken ? distinct(username) : username,
    fullName: usableName(profile),
    emailVerifiedAt: email !== null && profile.emailVerified ? now : null,
  });
  em.persist(user);
  await em.flush();
  return { userId: user.id, isOpen: true, isNew: true };
}
