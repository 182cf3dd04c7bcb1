import { raw } from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { hashPassword, isOutdated, verifyPassword } from '../platform/passwords.ts';
import { readTimeZone } from '../platform/time-zone.ts';
import { checkAccount, normalizeEmail } from './account.validation.ts';
import { User } from './user.entity.ts';

export interface NewAccount {
  email: string;
  username: string;
  password: string;
  fullName?: string | null | undefined;
  timeZone?: string | null | undefined;
}

export interface CheckedAccount {
  email: string;
  username: string;
  fullName: string | null;
  timeZone: string;
  passwordHash: string;
}

const TAKEN: Record<string, UserErrorDetail> = {
  users_email_key: { code: 'TAKEN', path: ['input', 'email'], message: 'There is an account with this email already.' },
  users_username_key: { code: 'TAKEN', path: ['input', 'username'], message: 'Somebody has this username already.' },
};

/** What a person is told where the database refuses a value of theirs as taken, by the name of its index. */
export const ACCOUNT_CONSTRAINTS: Readonly<Record<string, UserErrorDetail>> = TAKEN;

/** Checks the input and hashes the password: slow, so outside of any transaction. */
export async function prepareAccount(input: NewAccount): Promise<CheckedAccount> {
  const account = {
    email: normalizeEmail(input.email),
    username: input.username,
    fullName: input.fullName?.trim() ?? null,
  };
  const timeZone = input.timeZone ?? 'UTC';
  checkAccount({ ...account, timeZone, password: input.password });
  return { ...account, timeZone: readTimeZone(timeZone) ?? 'UTC', passwordHash: await hashPassword(input.password) };
}

/** Throws TAKEN for each name that somebody has. Two people at once: the database's own index decides. */
export async function createAccount(em: EntityManager, account: CheckedAccount): Promise<User> {
  await checkNotTaken(em, account);
  const user = em.create(User, account);
  em.persist(user);
  return user;
}

/** Throws TAKEN for each of these names that another account has. */
export async function checkNotTaken(
  em: EntityManager,
  { id, email, username }: { id?: string; email: string; username: string },
): Promise<void> {
  const found = await em.find(
    User,
    { $or: [hasEmail(email), hasUsername(username)] },
    // A closed account keeps its names, and they are nobody else's to see: only whether they are taken is told.
    { filters: { live: false, owner: false }, disableIdentityMap: true },
  );
  const others = found.filter(user => user.id !== id);
  const faults = [
    others.some(user => user.email === email) ? TAKEN.users_email_key : undefined,
    others.some(user => user.username.toLowerCase() === username.toLowerCase()) ? TAKEN.users_username_key : undefined,
  ].filter(fault => fault !== undefined);
  if (faults.length > 0) throw new UserInputError(faults);
}

// As the unique indexes have them.
export const hasEmail = (email: string) => ({ [raw('lower(email)')]: email.toLowerCase() });
const hasUsername = (username: string) => ({ [raw('lower(username)')]: username.toLowerCase() });

/** What came of comparing a login and a password. */
export interface ComparedCredentials {
  /** Whose login it is, whether or not the password is theirs. */
  readonly user: User | null;
  readonly matches: boolean;
  /** The same password hashed as it would be today; null where it is already, or does not match. */
  readonly newHash: string | null;
}

/** Compares them, for as long where there is no such account. Slow, so outside of any transaction. */
export async function compareCredentials(
  em: EntityManager,
  login: string,
  password: string,
): Promise<ComparedCredentials> {
  const name = login.includes('@') ? hasEmail(normalizeEmail(login)) : hasUsername(login);
  // Nobody is signed in yet: the account is found by what the caller knows of it.
  const user = await em.findOne(User, name, {
    filters: { owner: false },
    populate: ['passwordHash'],
    disableIdentityMap: true,
  });
  const passwordHash = user?.passwordHash;
  const matches = await verifyPassword(passwordHash, password);
  const newHash = matches && passwordHash && isOutdated(passwordHash) ? await hashPassword(password) : null;
  return { user, matches, newHash };
}
