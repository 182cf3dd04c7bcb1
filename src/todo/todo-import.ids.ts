import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';
import { fromGlobalId, isUuidV7 } from '../platform/ids.ts';

/** What names a todo in a file: by it a second import finds what the first one made. */
export interface Identity {
  /** The id of an export of ours, as UUID; null where it is none. */
  readonly ownId: string | null;
  /** What ids are made of where `ownId` is null or somebody else's. */
  readonly source: string;
}

/** By the name that it has in the file. */
export function identityOf(uid: string): Identity {
  const uuid = fromGlobalId('todo', uid);
  return { ownId: uuid && isUuidV7(uuid) ? uuid : null, source: uid };
}

/**
 * An id of the owner's for what has a name of another kind: the same each time, and anybody else's is another one. A UUIDv7
 * in form, so that it is an id as all others; its time is that of the id it stands for, or zero.
 */
export function derivedId(ownerId: string, { ownId, source }: Identity, round: number): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([ownerId, source, round]))
    .digest('hex');
  const time = ownId ? ownId.slice(0, 13) : '00000000-0000';
  const variant = '89ab'[Number.parseInt(hash.charAt(3), 16) % 4];
  return `${time}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}

/** Ids that somebody else has taken on purpose are passed over, but not for ever. */
const ROUNDS = 5;

export interface ResolvedId {
  readonly id: string;
  readonly isThere: boolean;
}

/**
 * The id of each: its own where it is free or the owner's already, else the first derived one that is. Null where none is.
 * The owner's todos in the trash are there too.
 */
export async function resolveIds(
  em: EntityManager,
  ownerId: string,
  identities: readonly Identity[],
): Promise<(ResolvedId | null)[]> {
  const resolved: (ResolvedId | null)[] = identities.map(() => null);
  let left = identities.map((identity, place) => ({ identity, place }));
  for (let round = 0; round <= ROUNDS && left.length > 0; round += 1) {
    const asked = left.map(one => ({ ...one, id: candidate(ownerId, one.identity, round) }));
    const owners = await ownersOf(
      em,
      asked.map(({ id }) => id),
    );
    left = asked.filter(({ id, place }) => {
      const owner = owners.get(id);
      if (owner !== undefined && owner !== ownerId) return true;
      resolved[place] = { id, isThere: owner !== undefined };
      return false;
    });
  }
  return resolved;
}

const candidate = (ownerId: string, identity: Identity, round: number): string =>
  round === 0 && identity.ownId ? identity.ownId : derivedId(ownerId, identity, round);

/** Whoever they belong to: it is only asked which ids are taken. */
async function ownersOf(em: EntityManager, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; owner_id: string }>`
    select id, owner_id from todos where id = any(${ids}::uuid[])`.execute(sqlOf<object>(em));
  return new Map(rows.map(row => [row.id, row.owner_id]));
}
