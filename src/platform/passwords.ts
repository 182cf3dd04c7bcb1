import { hash, verify } from '@node-rs/argon2';
import { compare } from 'bcrypt';

/** argon2id with the parameters that OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes, one lane. */
const ARGON2ID = 2;
const OPTIONS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const CURRENT = `$argon2id$v=19$m=${OPTIONS.memoryCost},t=${OPTIONS.timeCost},p=${OPTIONS.parallelism}$`;

/** In PHC's string format (https://github.com/P-H-C/phc-string-format), as every library of argon2 writes it. */
const ARGON2_PATTERN =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{16,171}$/;
/** $2x$ is what the faulty crypt_blowfish of before 2011 made; no library verifies it any more. */
const BCRYPT_PATTERN = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
/** Dearer hashes would let whoever knows a login keep the server busy: a second's work, or 256 MiB. */
const DEAREST = { bcryptCost: 14, memoryCost: 262_144, timeCost: 16, parallelism: 16 } as const;
const CHEAPEST_BCRYPT_COST = 4;

/** Some tens of milliseconds on another thread: never inside a transaction. */
export const hashPassword = (password: string): Promise<string> => hash(password, OPTIONS);

/** What made a hash; null where `verifyPassword` would take it for no hash: unknown, malformed or too dear to verify. */
export function hashKind(passwordHash: string): 'ARGON2ID' | 'BCRYPT' | null {
  const [, memory, time, lanes] = ARGON2_PATTERN.exec(passwordHash) ?? [];
  if (memory) {
    const isBearable =
      Number(memory) <= DEAREST.memoryCost &&
      Number(time) <= DEAREST.timeCost &&
      Number(lanes) <= DEAREST.parallelism &&
      // Below, it is none: RFC 9106, 3.1.
      Number(lanes) >= 1 &&
      Number(time) >= 1 &&
      Number(memory) >= 8 * Number(lanes);
    return isBearable ? 'ARGON2ID' : null;
  }
  const [, cost] = BCRYPT_PATTERN.exec(passwordHash) ?? [];
  return cost && Number(cost) >= CHEAPEST_BCRYPT_COST && Number(cost) <= DEAREST.bcryptCost ? 'BCRYPT' : null;
}

/** Whether `hashPassword` would hash otherwise today: by bcrypt, or with other parameters. */
export const isOutdated = (passwordHash: string): boolean => !passwordHash.startsWith(CURRENT);

let decoy: Promise<string> | undefined;

/**
 * Whether the password is the one that was hashed, by argon2id or by bcrypt. Where there is no hash, because there is no
 * such account or it has no password, it takes as long as with one of `hashPassword`'s and answers false. A hash of
 * bcrypt, or one with other parameters, takes its own time, which tells that there is such an account, until it is
 * hashed anew. Of a password bcrypt knows the first 72 bytes: with such a hash whatever begins with them is the password.
 */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  const kind = passwordHash ? hashKind(passwordHash) : null;
  // What PHP and Python call $2y$ others call $2b$: the same algorithm, and the only name of it that the library knows.
  if (passwordHash && kind === 'BCRYPT') return compare(password, passwordHash.replace(/^\$2y/, '$2b'));
  decoy ??= hashPassword('no account has this password');
  const matches = await verify(passwordHash && kind ? passwordHash : await decoy, password);
  return matches && kind !== null;
}
