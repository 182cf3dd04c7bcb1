import { forkFor } from '../change/transact.ts';
import { hasEmail } from '../identity/account.service.ts';
import { normalizeEmail } from '../identity/account.validation.ts';
import { User } from '../identity/user.entity.ts';
import type { Database } from '../platform/database.ts';
import { SetupError } from '../platform/errors.ts';

/** Whose account it is, closed ones included. Throws a SetupError where there is none. */
export async function findPerson(database: Database, email: string): Promise<User> {
  const user = await forkFor(database, null).findOne(User, hasEmail(normalizeEmail(email)), {
    // Anybody's, for whoever runs the server.
    filters: { owner: false, live: false },
  });
  if (!user) throw new SetupError(`There is no account with the email ${email}.`);
  return user;
}
