import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { EmailLink, type EmailLinkKind } from './email-link.entity.ts';
import { hashEmailLinkToken, linkIdOf, makeEmailLinkToken } from './email-link-token.ts';
import { equal, newSeed } from './refresh-token.ts';
import { User } from './user.entity.ts';

/** For so long a link is good. */
export const EMAIL_LINK_TTL_MS: Readonly<Record<EmailLinkKind, number>> = {
  PASSWORD_RESET: 3_600_000,
  EMAIL_VERIFICATION: 24 * 3_600_000,
};

export interface NewEmailLink {
  readonly kind: EmailLinkKind;
  /** The secret that makes new tokens. */
  readonly secret: string;
  readonly now: Date;
  /** Where it is chosen beforehand; a new one otherwise. */
  readonly id?: string;
}

/**
 * Makes a link to the account's present address; an older one of the kind ends. Where the account is not new, its row has
 * to be locked, so that two at once do not both make the newest.
 */
export async function createEmailLink(
  em: EntityManager,
  user: User,
  { kind, secret, now, id = newId() }: NewEmailLink,
): Promise<EmailLink> {
  await endEmailLinks(em, user, [kind], now);
  const tokenSeed = newSeed();
  const token = makeEmailLinkToken(secret, tokenSeed, { kind, linkId: id });
  const link = em.create(EmailLink, {
    id,
    user,
    kind,
    email: user.email,
    tokenSeed,
    tokenHash: hashEmailLinkToken(token),
    createdAt: now,
    expiresAt: new Date(now.getTime() + EMAIL_LINK_TTL_MS[kind]),
  });
  em.persist(link);
  return link;
}

/** The links of these kinds that the account still has open are good no more. */
export async function endEmailLinks(
  em: EntityManager,
  user: User,
  kinds: readonly EmailLinkKind[],
  now: Date,
): Promise<void> {
  const open = await em.find(
    EmailLink,
    { user: user.id, kind: { $in: [...kinds] }, endedAt: null },
    { filters: { owner: false } },
  );
  for (const link of open) link.end(now);
  // Before a new one is written: inserts go first within a flush, and the index allows one that is open.
  if (open.length > 0) await em.flush();
}

/** The token of a link that is still good, made again; null where there is none, or its secret is no longer set. */
export function tokenOf({ id, kind, tokenSeed, tokenHash }: EmailLink, secrets: readonly string[]): string | null {
  const candidates = secrets.map(secret => makeEmailLinkToken(secret, tokenSeed, { kind, linkId: id }));
  return candidates.find(candidate => equal(tokenHash, hashEmailLinkToken(candidate))) ?? null;
}

/**
 * Whose link it is, as things are at this moment. Throws EXPIRED where the token is not one of a good link of this kind.
 * Nobody is signed in: the token decides.
 */
export async function findEmailLink(
  em: EntityManager,
  kind: EmailLinkKind,
  token: string,
  now: Date,
): Promise<{ link: EmailLink; user: User }> {
  const id = linkIdOf(token);
  const unlocked = id
    ? await em.findOne(EmailLink, { id, kind }, { filters: { owner: false }, disableIdentityMap: true })
    : null;
  if (!unlocked || !equal(unlocked.tokenHash, hashEmailLinkToken(token))) throw expired();
  const lock = em.isInTransaction() ? { lockMode: LockMode.PESSIMISTIC_WRITE } : {};
  // The account first, as everybody who makes or ends links locks it.
  const user = await em.findOne(User, { id: unlocked.user.id }, { filters: { owner: false }, ...lock });
  const link = await em.findOne(EmailLink, { id: unlocked.id }, { filters: { owner: false }, ...lock });
  if (!user || !link?.isOpen(now) || link.email !== user.email) throw expired();
  return { link, user };
}

const expired = () =>
  new UserInputError(
    'EXPIRED',
    ['input', 'token'],
    'This link was used already, has expired, or a newer one was sent: ask for a new one.',
  );
