import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { lengthOf } from '../platform/text.ts';
import { EMAIL_MAX_LENGTH, FULL_NAME_MAX_LENGTH, USERNAME_LENGTH } from './user.entity.ts';

export const PASSWORD_LENGTH = { min: 8, max: 256 } as const;

/** One mailbox has one spelling here. Quoted local parts and address literals are refused: nobody's form sends them. */
export const normalizeEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase();
const EMAIL_PATTERN = /^[^\s@"(),:;<>[\\\]]+@[^\s@"(),:;<>[\\\].]+(\.[^\s@"(),:;<>[\\\].]+)+$/;
const USERNAME_PATTERN = /^[A-Za-z0-9._-]+$/;

const CHECKS = {
  email: (email: string) =>
    EMAIL_PATTERN.test(email) && lengthOf(email) <= EMAIL_MAX_LENGTH ? null : 'This is not an email address.',
  username: (username: string) =>
    USERNAME_PATTERN.test(username) && username.length >= USERNAME_LENGTH.min && username.length <= USERNAME_LENGTH.max
      ? null
      : `A username has ${USERNAME_LENGTH.min} to ${USERNAME_LENGTH.max} letters, digits, dots, dashes or underscores.`,
  fullName: (fullName: string) =>
    fullName.trim() !== '' && lengthOf(fullName) <= FULL_NAME_MAX_LENGTH
      ? null
      : `A name has 1 to ${FULL_NAME_MAX_LENGTH} characters.`,
  password: (password: string) =>
    lengthOf(password) >= PASSWORD_LENGTH.min &&
    lengthOf(password) <= PASSWORD_LENGTH.max &&
    /\p{Lu}/u.test(password) &&
    /\p{Nd}/u.test(password)
      ? null
      : `A password has ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters, with an upper-case letter and a digit.`,
} as const;

/** Throws with every fault at once. What is null or undefined was not given and is not looked at. */
export function checkAccount(input: { [Field in keyof typeof CHECKS]?: string | null | undefined }): void {
  const faults: UserErrorDetail[] = [];
  for (const [field, check] of Object.entries(CHECKS)) {
    const value = input[field as keyof typeof CHECKS];
    const message = typeof value === 'string' ? check(value) : null;
    if (message) faults.push({ code: 'INVALID', path: ['input', field], message });
  }
  if (faults.length > 0) throw new UserInputError(faults);
}
