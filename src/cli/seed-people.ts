import { randomBytes } from 'node:crypto';
import { forkFor } from '../change/transact.ts';
import type { Services } from '../graphql/context.ts';
import { createAccount, hasEmail, prepareAccount } from '../identity/account.service.ts';
import { setRoleByEmail } from '../identity/admin.service.ts';
import { type Role, User } from '../identity/user.entity.ts';
import type { Viewer } from '../identity/viewer.ts';

/** Nobody's, for good (RFC 2606): no mail to these people reaches anybody. */
export const SEED_DOMAIN = 'duely.example';

/** Of databases that nobody else reaches. */
const DEVELOPMENT_PASSWORD = 'Look-around-7';

interface SeedPerson {
  readonly name: 'admin' | 'ada' | 'bilal' | 'mei';
  readonly email: string;
  readonly fullName: string;
  readonly timeZone: string;
  readonly role: Role;
  /** What there is to see. */
  readonly about: string;
}

const person = (
  name: SeedPerson['name'],
  fullName: string,
  timeZone: string,
  about: string,
  role: Role = 'USER',
): SeedPerson => ({ name, email: `${name}@${SEED_DOMAIN}`, fullName, timeZone, role, about });

export const PEOPLE: readonly SeedPerson[] = [
  person('admin', 'Grace Adeyemi', 'UTC', 'an admin: users, allPayments, refunds', 'ADMIN'),
  person('ada', 'Ada Lovelace', 'Europe/London', 'todos of all kinds; paid orders, and PRO'),
  person('bilal', 'بلال احمد', 'Asia/Karachi', 'todos in Urdu; orders declined, refunded and open'),
  person('mei', '林美', 'Asia/Shanghai', 'todos in Chinese; orders pending, partly refunded and canceled'),
];

export interface SeededPerson extends SeedPerson {
  readonly viewer: Viewer;
  readonly isNew: boolean;
  /** Null where it is not known here. */
  readonly password: string | null;
  /** Nothing is put in for them. */
  readonly isClosed: boolean;
}

/** Makes those who are missing. `isPrivate`: nobody but whoever runs the command reaches the database. */
export async function seedPeople(
  services: Services,
  { isPrivate }: { readonly isPrivate: boolean },
): Promise<SeededPerson[]> {
  const seeded: SeededPerson[] = [];
  for (const one of PEOPLE) seeded.push(await seedPerson(services, one, isPrivate));
  return seeded;
}

async function seedPerson(services: Services, one: SeedPerson, isPrivate: boolean): Promise<SeededPerson> {
  const found = await forkFor(services.database, null).findOne(User, hasEmail(one.email), {
    filters: { owner: false, live: false },
  });
  if (found) {
    // Somebody who put them in by force, or changed it, has another one.
    const password = isPrivate ? DEVELOPMENT_PASSWORD : null;
    const isClosed = found.deletedAt !== null;
    return { ...one, viewer: viewerOf(found), isNew: false, isClosed, password };
  }
  const password = isPrivate ? DEVELOPMENT_PASSWORD : `Duely-${randomBytes(12).toString('base64url')}-7`;
  const { name, email, fullName, timeZone } = one;
  const account = await prepareAccount({ email, username: name, fullName, timeZone, password });
  const { transact, security, clock } = services;
  const user = await transact(null, async em => {
    const device = { userAgent: 'npm run seed', ipAddress: null };
    const created = await createAccount(em, account);
    created.emailVerifiedAt = clock();
    // The event names the account, so it has to be there.
    await em.flush();
    await security.record(em, { kind: 'SIGNED_UP', userId: created.id, device });
    if (one.role === 'ADMIN')
      await setRoleByEmail({ em, security, byUserId: null, device: null, now: clock() }, email, 'ADMIN');
    return created;
  });
  return { ...one, viewer: viewerOf(user), isNew: true, isClosed: false, password };
}

/** As whom what follows is done; there is no session. */
const viewerOf = ({ id, role }: User): Viewer => ({
  userId: id,
  sessionId: '',
  role,
  tokenExpiresAt: Number.POSITIVE_INFINITY,
});
