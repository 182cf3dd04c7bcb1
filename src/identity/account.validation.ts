import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';
import { lengthOf } from '../platform/text.ts';
import { readTimeZone } from '../platform/time-zone.ts';
import { isCommonPassword } from './common-passwords.ts';
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
  password: passwordFault,
  timeZone: (timeZone: string) =>
    readTimeZone(timeZone) === null
      ? 'A time zone is named as the IANA database does, such as Europe/Berlin, Asia/Karachi or UTC.'
      : null,
} as const;

function passwordFault(password: string): string | null {
  const isWellFormed =
    lengthOf(password) >= PASSWORD_LENGTH.min &&
    lengthOf(password) <= PASSWORD_LENGTH.max &&
    /\p{Lu}/u.test(password) &&
    /\p{Nd}/u.test(password);
  if (!isWellFormed)
    return `A password has ${PASSWORD_LENGTH.min} to ${PASSWORD_LENGTH.max} characters, with an upper-case letter and a digit.`;
  return isCommonPassword(password) ? 'This password is among those that are guessed first: choose another one.' : null;
}

/** Throws where the password cannot be one; `field` is the input's. */
export function checkNewPassword(password: string, field: string): void {
  const message = passwordFault(password);
  if (message) throw new UserInputError('INVALID', ['input', field], message);
}

/** Throws with every fault at once. What is undefined was not given and is not looked at; only a name may be null. */
export function checkAccount(input: { [Field in keyof typeof CHECKS]?: string | null | undefined }): void {
  const faults: UserErrorDetail[] = [];
  for (const [field, check] of Object.entries(CHECKS)) {
    const value = input[field as keyof typeof CHECKS];
    const isGiven = value !== undefined && !(value === null && field === 'fullName');
    const message = isGiven ? check(value ?? '') : null;
    if (message) faults.push({ code: 'INVALID', path: ['input', field], message });
  }
  if (faults.length > 0) throw new UserInputError(faults);
}
