import { NOBODY } from '../change/transact.ts';
import type { IdentityLoaders } from '../identity/identity.loaders.ts';
import type { UserRow } from '../identity/identity.reads.ts';
import type { Viewer } from '../identity/viewer.ts';

const LONG_AGO = new Date(0).toISOString();

/** Stands in for whoever's account was removed for good: what they paid is kept, without them. */
export const PURGED_OWNER: UserRow = {
  id: NOBODY,
  email: 'purged@account.invalid',
  username: 'purged',
  fullName: null,
  role: 'USER',
  isActive: false,
  emailVerifiedAt: null,
  plan: 'FREE',
  planExpiresAt: null,
  timeZone: 'UTC',
  createdAt: LONG_AGO,
  updatedAt: LONG_AGO,
  deletedAt: LONG_AGO,
};

/** May look at an order, a payment or a refund: its owner, and admins, who alone see those that are nobody's any more. */
export const maySeeOwned = (viewer: Viewer, { ownerId }: { ownerId: string | null }): boolean =>
  viewer.role === 'ADMIN' || viewer.userId === ownerId;

/**
 * The owner of an order, a payment or a refund, with what these fields of the API's User are made of; a closed account
 * too, until it is purged. Never null.
 */
export async function ownerOf(
  ownerId: string | null,
  { userById }: Pick<IdentityLoaders, 'userById'>,
  fields: ReadonlySet<string>,
): Promise<UserRow> {
  const owner = ownerId === null ? null : await userById.loadAnySelected(ownerId, fields);
  return owner ?? PURGED_OWNER;
}
