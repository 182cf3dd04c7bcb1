import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { fromGlobalId } from '../platform/ids.ts';
import { hasEmail } from './account.service.ts';
import { normalizeEmail } from './account.validation.ts';
import { endEmailLinks } from './email-link.service.ts';
import { requireAnotherAdmin } from './last-admin.ts';
import { type AccountMailing, editProfile, type ProfileEdit } from './profile.service.ts';
import type { SecurityEventKind, SecurityLog } from './security-log.ts';
import { type Device, endAllSessions } from './session.service.ts';
import { type Role, User } from './user.entity.ts';

/** Who changes somebody else's account, and how it is kept. */
export interface Administration {
  readonly em: EntityManager;
  readonly security: SecurityLog;
  /** Null for a command at the server. */
  readonly byUserId: string | null;
  readonly device: Device | null;
  readonly now: Date;
}

/** What is undefined stays as it is. Only a full name can be null. */
export interface UserEdit extends ProfileEdit {
  readonly role?: Role | null | undefined;
  readonly isActive?: boolean | null | undefined;
}

export async function updateUser(
  by: Administration,
  mailing: AccountMailing,
  id: string,
  edit: UserEdit,
): Promise<User> {
  const uuid = uuidOf(id);
  const nulls = (['role', 'isActive'] as const).filter(field => edit[field] === null);
  if (nulls.length > 0) throw new UserInputError(nulls.map(isMissing));
  if (edit.role === 'USER') await requireAnotherAdmin(by.em, uuid, ['input', 'role']);
  if (edit.isActive === false) await requireAnotherAdmin(by.em, uuid, ['input', 'isActive']);
  const user = await findUser(by.em, uuid);
  if (user.deletedAt) throw closed(['id']);

  if (await editProfile(by.em, user, edit, by.now, mailing)) await record(by, user, 'EMAIL_CHANGED');
  if (typeof edit.role === 'string') await setRole(by, user, edit.role);
  if (typeof edit.isActive === 'boolean') await setActive(by, user, edit.isActive);
  return user;
}

/**
 * For whoever runs the server and knows the account's email. Answers whether the role is another one now. Throws NOT_FOUND,
 * and NOT_ALLOWED where the account is closed or the last active admin's.
 */
export async function setRoleByEmail(by: Administration, email: string, role: Role): Promise<boolean> {
  const known = await by.em.findOne(User, hasEmail(normalizeEmail(email)), {
    filters: { owner: false, live: false },
    disableIdentityMap: true,
  });
  if (!known) throw new UserInputError('NOT_FOUND', [], `There is no account with the email ${email}.`);
  if (role === 'USER') await requireAnotherAdmin(by.em, known.id, []);
  const user = await findUser(by.em, known.id);
  if (user.deletedAt) throw closed([]);
  if (user.role === role) return false;
  await setRole(by, user, role);
  return true;
}

/** The caller has asked `requireAnotherAdmin` where it takes the role away. Repeated, it changes nothing. */
async function setRole(by: Administration, user: User, role: Role): Promise<void> {
  if (user.role === role) return;
  user.role = role;
  await record(by, user, 'ROLE_CHANGED');
}

/** Locking ends all sessions, so that nobody is signed in again by being unlocked. */
async function setActive(by: Administration, user: User, isActive: boolean): Promise<void> {
  if (user.isActive === isActive) return;
  user.isActive = isActive;
  if (!isActive) await endAllSessions(by.em, user, by.now);
  await record(by, user, isActive ? 'ACCOUNT_UNLOCKED' : 'ACCOUNT_LOCKED');
}

export async function deleteUser(by: Administration, id: string): Promise<void> {
  const uuid = uuidOf(id);
  await requireAnotherAdmin(by.em, uuid, ['id']);
  const user = await findUser(by.em, uuid);
  if (user.deletedAt) return;
  user.close(by.now);
  await endAllSessions(by.em, user, by.now);
  await endEmailLinks(by.em, user, ['PASSWORD_RESET', 'EMAIL_VERIFICATION'], by.now);
  await record(by, user, 'ACCOUNT_CLOSED');
}

export async function restoreUser(by: Administration, id: string): Promise<User> {
  const user = await findUser(by.em, uuidOf(id));
  if (!user.deletedAt) return user;
  user.restore();
  await record(by, user, 'ACCOUNT_RESTORED');
  return user;
}

const isMissing = (field: string): UserErrorDetail => ({
  code: 'INVALID',
  path: ['input', field],
  message: 'This cannot be null: leave it out where it is to stay as it is.',
});
const closed = (path: readonly string[]) =>
  new UserInputError('NOT_ALLOWED', path, 'This account is closed: restore it first.');
const notFound = () => new UserInputError('NOT_FOUND', ['id'], 'There is no such user.');

function uuidOf(id: string): string {
  const uuid = fromGlobalId('user', id);
  if (!uuid) throw notFound();
  return uuid;
}

/** Anybody's account, closed ones included, locked until the commit. */
async function findUser(em: EntityManager, uuid: string): Promise<User> {
  const user = await em.findOne(
    User,
    { id: uuid },
    // What admins change is not their own.
    { lockMode: LockMode.PESSIMISTIC_WRITE, filters: { owner: false, live: false } },
  );
  if (!user) throw notFound();
  return user;
}

const record = ({ em, security, byUserId, device }: Administration, { id }: User, kind: SecurityEventKind) =>
  security.record(em, { kind, userId: id, device, byUserId });
