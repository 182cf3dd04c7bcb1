import type { AnyEntity, EntityClass } from '@mikro-orm/core';

export const CHANGE_KINDS = ['CREATED', 'UPDATED', 'DELETED'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What follows from a write of an entity: each feature says it of its own entities, `app.ts` gathers them. */
export interface Tracked<Entity extends AnyEntity> {
  readonly entity: EntityClass<Entity>;
  /** Its changes are entries of its owner's feed. */
  readonly feed?: {
    /** Its name in the feed. */
    readonly name: string;
    /** Null: nobody's any more, so there is no feed to tell it in. */
    readonly ownerId: (entity: Entity) => string | null;
    /** Properties whose change alone is nobody's business. */
    readonly silent?: readonly (keyof Entity & string)[];
  };
  /** Tells all processes that it changed. */
  readonly signal?: { readonly topic: string; readonly payload: (entity: Entity) => string };
}

/** Gives the entity's type once for both sides. */
export const track = <Entity extends AnyEntity>(tracked: Tracked<Entity>): Tracked<AnyEntity> =>
  tracked as unknown as Tracked<AnyEntity>;

/** An entry of a feed that has no number yet. */
export interface PendingChange {
  readonly ownerId: string;
  readonly name: string;
  readonly entityId: string;
  readonly kind: ChangeKind;
}

/** One transaction makes one change of each thing: what several flushes did to it, taken together. */
export function mergeKinds(before: ChangeKind | undefined, next: ChangeKind): ChangeKind {
  return before === 'CREATED' && next === 'UPDATED' ? 'CREATED' : next;
}
