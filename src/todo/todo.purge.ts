import type { OwnedRows } from '../identity/account-purge.ts';

/** People may have a hundred thousand of them. */
export const todoPurge: readonly OwnedRows[] = [{ table: 'todos', owner: 'owner_id' }];
