import { AccessTokens } from '../../src/platform/access-tokens.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { TEST_SECRET } from './app.ts';
import type { TestDatabase } from './database.ts';

/** Somebody who is signed in. */
export interface SignedIn {
  readonly uuid: string;
  readonly accessToken: string;
}

/** So many people with a session each, written into the table: signing up as many would take minutes of hashing. */
export async function createPeople(database: TestDatabase, count: number): Promise<SignedIn[]> {
  const tokens = new AccessTokens({ secrets: [TEST_SECRET], ttlSeconds: 3_600, clock: systemClock });
  const people = Array.from({ length: count }, () => ({ userId: newId(), sessionId: newId() }));
  await database.query(
    `insert into users (id, email, username, password_hash)
     select id, name || '@example.com', name, 'nobody can log in by this'
     from unnest($1::uuid[]) with ordinality as person (id, n),
       lateral (select 'fixture' || n + (select count(*) from users)) as named (name)`,
    [people.map(({ userId }) => userId)],
  );
  await database.query(
    `insert into sessions (id, user_id, generation, refresh_seed, refresh_hash, last_used_at, expires_at)
     select session, owner, 1, '\\x00', sha256(session::text::bytea), now(), now() + interval '1 day'
     from unnest($1::uuid[], $2::uuid[]) as one (session, owner)`,
    [people.map(({ sessionId }) => sessionId), people.map(({ userId }) => userId)],
  );
  return people.map(({ userId, sessionId }) => ({
    uuid: userId,
    accessToken: tokens.sign({
      sub: toGlobalId('user', userId),
      sid: toGlobalId('session', sessionId),
      role: 'USER',
    }).token,
  }));
}
