import { forkFor } from '../change/transact.ts';
import { setRoleByEmail } from '../identity/admin.service.ts';
import { type Role, User } from '../identity/user.entity.ts';
import type { Config } from '../platform/config.ts';
import { SetupError, UserInputError } from '../platform/errors.ts';
import { asOperator } from './operator.ts';

const print = (line: string) => void process.stdout.write(`${line}\n`);

export const grant = (config: Config, email: string): Promise<void> => change(config, email, 'ADMIN');
export const revoke = (config: Config, email: string): Promise<void> => change(config, email, 'USER');

async function change(config: Config, email: string, role: Role): Promise<void> {
  const changed = await asOperator(config, ({ transact, security, clock }) =>
    transact(null, em =>
      setRoleByEmail({ em, security, byUserId: null, device: null, now: clock() }, email, role),
    ).catch((error: unknown) => {
      throw error instanceof UserInputError ? new SetupError(error.message, { cause: error }) : error;
    }),
  );
  const state = role === 'ADMIN' ? 'is an admin' : 'is no admin';
  print(changed ? `${email} ${state} now.` : `${email} ${state} already; nothing was changed.`);
}

export async function list(config: Config): Promise<void> {
  const admins = await asOperator(config, ({ database }) =>
    forkFor(database, null).find(
      User,
      { role: 'ADMIN' },
      // Everybody's, for whoever runs the server.
      { filters: { owner: false }, orderBy: { email: 'asc' } },
    ),
  );
  for (const { email, username, isActive } of admins) print(`${email}  ${username}${isActive ? '' : '  locked'}`);
  if (admins.length === 0) print('There are no admins. Make one with: npm run admin -- grant EMAIL');
}
