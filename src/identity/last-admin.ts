import { type EntityManager, sqlOf } from '../platform/database.ts';
import { UserInputError } from '../platform/errors.ts';
import type { Role } from './user.entity.ts';

interface Tables {
  users: { id: string; role: Role; is_active: boolean; deleted_at: string | null };
}

/**
 * Throws NOT_ALLOWED where this account is the only one that may do what admins may: somebody has to be left. Otherwise
 * the admins stay as they are until the commit, so that of two who dismiss each other at the same moment one is refused.
 * To be asked before the transaction locks any account, or two of them could wait for each other.
 */
export async function requireAnotherAdmin(em: EntityManager, userId: string, path: readonly string[]): Promise<void> {
  const admins = await sqlOf<Tables>(em)
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'ADMIN')
    .where('is_active', '=', true)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  if (admins.length === 1 && admins[0]?.id === userId)
    throw new UserInputError('NOT_ALLOWED', path, 'This is the last active admin: make somebody else one first.');
}
