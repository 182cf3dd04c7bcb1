import { type FilterDef, p } from '@mikro-orm/core';
import { newId } from './ids.ts';

/** The columns that every entity has. Both times are set from the clock of the unit of work: see timestamps.ts. */
export const entityColumns = {
  id: p.uuid().primary().onCreate(newId),
  createdAt: p.datetime(3).defaultRaw('now()'),
  updatedAt: p.datetime(3).defaultRaw('now()'),
};

/** On by default: what is in the trash is not found. Switched off by `filters: { live: false }`. */
export const live: FilterDef = { name: 'live', cond: { deletedAt: null }, default: true };

/**
 * On by default: a unit of work finds only what belongs to the owner that it was made for, so that a forgotten `where`
 * finds nothing instead of everything. Switched off by `filters: { owner: false }` where a service has a reason.
 */
export const ownedBy = (property: string): FilterDef => ({
  name: 'owner',
  cond: ({ ownerId }: { ownerId: string }) => ({ [property]: ownerId }),
  default: true,
});
