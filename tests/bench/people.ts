import type pg from 'pg';
import { writeFeedCursor } from '../../src/change/cursor.ts';
import { AccessTokens } from '../../src/platform/access-tokens.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { newId, toGlobalId } from '../../src/platform/ids.ts';
import { SECRET } from './seed.ts';

/** Somebody who subscribes. */
export interface Person {
  /** The user's UUID. */
  readonly id: string;
  readonly token: string;
  /** The feed's cursor ahead of its one entry, the account itself. */
  readonly beginning: string;
}

const DAY_SECONDS = 86_400;

/** Signed in without a password, which takes a moment for each of them: as sign-up would have left them. */
export async function addPeople(database: pg.Client, count: number): Promise<Person[]> {
  const accounts = Array.from({ length: count }, () => ({ id: newId(), session: newId() }));
  await database.query(
    `with account as (select * from unnest($1::uuid[], $2::uuid[]) as account (id, session)),
       person as (
         insert into users (id, email, username)
         select id, id || '@example.com', 'person ' || id from account
       ),
       session as (
         insert into sessions (id, user_id, refresh_seed, refresh_hash, expires_at)
         select session, id, '', '', now() + interval '1 day' from account
       ),
       feed as (insert into feeds (owner_id, last_seq) select id, 1 from account)
     insert into changes (owner_id, seq, entity, entity_id, kind, at)
     select id, 1, 'user', id, 'CREATED', now() from account`,
    [accounts.map(({ id }) => id), accounts.map(({ session }) => session)],
  );
  const tokens = new AccessTokens({ secrets: [SECRET], ttlSeconds: DAY_SECONDS, clock: systemClock });
  return accounts.map(({ id, session }) => ({
    id,
    token: tokens.sign({ sub: toGlobalId('user', id), sid: toGlobalId('session', session), role: 'USER' }).token,
    beginning: writeFeedCursor(id, { seq: 0, at: 0 }),
  }));
}
