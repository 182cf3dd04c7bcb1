import { manyByKey, oneByKey, rowsById } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { EntityManager } from '../platform/database.ts';
import { ownedLists } from '../platform/owned-list.ts';
import {
  readSessions,
  readUsers,
  type SessionRow,
  USER_PROPERTIES,
  type UserProperty,
  type UserRow,
  userPropertiesFor,
} from './identity.reads.ts';
import type { SecurityEventRow } from './security-event.reads.ts';

export type IdentityLoaders = ReturnType<typeof createIdentityLoaders>;

/** For one operation. What a loader finds is not yet what the viewer may see: the field that asks has to know. */
export function createIdentityLoaders(em: EntityManager, now: Clock) {
  const users = rowsById<UserProperty, UserRow>((ids, properties) => readUsers(em, ids, properties));
  const anyUsers = rowsById<UserProperty, UserRow>((ids, properties) =>
    readUsers(em, ids, properties, { closedToo: true }),
  );
  return {
    userById: {
      /** With what these fields of the API's User are made of. */
      loadSelected: (id: string, fields: ReadonlySet<string>) => users.load(id, userPropertiesFor(fields)),
      loadAll: (id: string) => users.load(id, USER_PROPERTIES),
      /** Closed accounts included. */
      loadAnySelected: (id: string, fields: ReadonlySet<string>) => anyUsers.load(id, userPropertiesFor(fields)),
    },
    sessionById: oneByKey(
      (ids: readonly string[]) => readSessions(em, 'id', ids, now()),
      (session: SessionRow) => session.id,
    ),
    sessionsByUser: manyByKey(
      (ids: readonly string[]) => readSessions(em, 'user_id', ids, now()),
      (session: SessionRow) => session.userId,
    ),
    /** By the account's id. */
    securityEvents: ownedLists<SecurityEventRow>(em),
  };
}
