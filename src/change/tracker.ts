import {
  type AnyEntity,
  type ChangeSet,
  ChangeSetType,
  type EventSubscriber,
  type FlushEventArgs,
  type UnitOfWork,
} from '@mikro-orm/core';
import type { EntityManager } from '../platform/database.ts';
import { type ChangeKind, mergeKinds, type PendingChange, type Tracked } from './tracked.ts';

interface Recording {
  changes: Map<string, PendingChange>;
  signals: Map<string, [topic: string, payload: string]>;
}

/**
 * Takes down what each flush wrote, out of the unit of work's own change sets, so that no resolver can forget the feed.
 * A flush of something that is tracked outside of `transact` throws: its changes would be lost.
 */
export class ChangeTracker implements EventSubscriber {
  readonly #tracked: ReadonlyMap<unknown, Tracked<AnyEntity>>;
  readonly #recordings = new WeakMap<UnitOfWork, Recording>();

  constructor(tracked: readonly Tracked<AnyEntity>[]) {
    this.#tracked = new Map(tracked.map(one => [one.entity, one]));
  }

  begin(em: EntityManager): void {
    this.#recordings.set(em.getUnitOfWork(), { changes: new Map(), signals: new Map() });
  }

  /** What was taken down since `begin`. */
  end(em: EntityManager): { changes: PendingChange[]; signals: [topic: string, payload: string][] } {
    const recording = this.#recordings.get(em.getUnitOfWork());
    this.#recordings.delete(em.getUnitOfWork());
    return { changes: [...(recording?.changes.values() ?? [])], signals: [...(recording?.signals.values() ?? [])] };
  }

  /** Before the statements run, so that a write in the wrong place writes nothing. */
  onFlush({ uow }: FlushEventArgs): void {
    for (const changeSet of uow.getChangeSets()) {
      const tracked = this.#tracked.get(changeSet.meta.class);
      if (tracked && !this.#recordings.has(uow)) {
        throw new Error(
          `${changeSet.meta.className} was written outside of transact(), so its change would not reach the feed.`,
        );
      }
    }
  }

  afterFlush({ uow }: FlushEventArgs): void {
    const recording = this.#recordings.get(uow);
    if (!recording) return;
    for (const changeSet of uow.getChangeSets()) {
      const tracked = this.#tracked.get(changeSet.meta.class);
      if (tracked) take(recording, tracked, changeSet);
    }
  }
}

function take(recording: Recording, { feed, signal }: Tracked<AnyEntity>, changeSet: ChangeSet<AnyEntity>): void {
  const { entity } = changeSet;
  if (signal) {
    const payload = signal.payload(entity);
    recording.signals.set(`${signal.topic} ${payload}`, [signal.topic, payload]);
  }
  const ownerId = feed?.ownerId(entity);
  if (feed && ownerId && !isSilent(changeSet, feed.silent ?? [])) {
    const key = `${feed.name} ${entity.id}`;
    const kind = mergeKinds(recording.changes.get(key)?.kind, kindOf(changeSet));
    recording.changes.set(key, { ownerId, name: feed.name, entityId: entity.id, kind });
  }
}

function kindOf({ type, payload }: ChangeSet<AnyEntity>): ChangeKind {
  switch (type) {
    case ChangeSetType.CREATE:
      return 'CREATED';
    case ChangeSetType.DELETE:
    case ChangeSetType.DELETE_EARLY:
      return 'DELETED';
    case ChangeSetType.UPDATE:
    case ChangeSetType.UPDATE_EARLY:
      // Into the trash; out of it is an update.
      return payload.deletedAt ? 'DELETED' : 'UPDATED';
  }
}

const ALWAYS_SILENT = ['updatedAt', 'version'];

function isSilent({ type, payload }: ChangeSet<AnyEntity>, silent: readonly string[]): boolean {
  const update = type === ChangeSetType.UPDATE || type === ChangeSetType.UPDATE_EARLY;
  return (
    update && Object.keys(payload).every(property => silent.includes(property) || ALWAYS_SILENT.includes(property))
  );
}
