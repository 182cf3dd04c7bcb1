import { randomBytes } from 'node:crypto';
import type { ExternalProfile } from '../platform/external-tokens/claims.ts';
import { checkAccount, normalizeEmail } from './account.validation.ts';
import { USERNAME_LENGTH } from './user.entity.ts';

/** Mail never arrives there (RFC 2606), and nobody else's account can have such an address by chance. */
export const placeholderEmail = (): string => `${randomBytes(16).toString('hex')}@external.invalid`;

/** The address as accounts have it; null where there is none that an account can have. */
export function usableEmail({ email }: ExternalProfile): string | null {
  if (email === null) return null;
  const normalized = normalizeEmail(email);
  return isGood({ email: normalized }) ? normalized : null;
}

/** Null where there is none, or none that an account can have. */
export function usableName({ name }: ExternalProfile): string | null {
  const trimmed = name?.trim().replaceAll('\0', '') ?? '';
  return trimmed !== '' && isGood({ fullName: trimmed }) ? trimmed : null;
}

/** Leaves place for what `distinct` adds. */
const STEM_MAX_LENGTH = USERNAME_LENGTH.max - 9;

/** A username that looks like the person; somebody may have it. */
export function suggestUsername(profile: ExternalProfile): string {
  const stems = [profile.username, profile.name, profile.email?.split('@', 1)[0]].map(toStem);
  return stems.find(stem => stem.length >= USERNAME_LENGTH.min) ?? 'person';
}

/** Letters with their marks taken off, and dashes for what a username cannot have. */
const toStem = (text: string | null | undefined): string =>
  (text ?? '')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, STEM_MAX_LENGTH)
    .replace(/^[-._]+|[-._]+$/g, '');

/** The same username as nobody else has it. */
export const distinct = (username: string): string => `${username}-${randomBytes(4).toString('hex')}`;

function isGood(input: Parameters<typeof checkAccount>[0]): boolean {
  try {
    checkAccount(input);
    return true;
  } catch {
    return false;
  }
}
