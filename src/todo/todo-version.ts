import { type UserErrorDetail, UserInputError } from '../platform/errors.ts';

/** What a change may say of the todo that it was made for. */
export interface Expected {
  /** The change is refused as CONFLICT unless the todo still has this version. */
  expectedVersion?: number | null | undefined;
}

interface Versioned {
  readonly version: number;
}

export const isExpected = ({ version }: Versioned, expected: number | null | undefined): boolean =>
  typeof expected !== 'number' || expected === version;

export const versionConflict = ({ version }: Versioned, path: readonly string[]): UserErrorDetail => ({
  code: 'CONFLICT',
  path,
  message: `The todo has version ${version} by now: look at what it says, then decide.`,
});

/** Throws CONFLICT where it has another version; null and undefined expect none. The todo has to be locked. */
export function checkVersion(todo: Versioned, expected: number | null | undefined, path: readonly string[]): void {
  if (!isExpected(todo, expected)) throw new UserInputError([versionConflict(todo, path)]);
}
