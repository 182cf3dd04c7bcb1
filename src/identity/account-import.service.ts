import { raw } from '@mikro-orm/core';
import { forkFor, type Transact } from '../change/transact.ts';
import type { TextRecord } from '../platform/csv.ts';
import type { Database, EntityManager } from '../platform/database.ts';
import { databaseFault } from '../platform/database-errors.ts';
import type { AccountRecord } from './account-import.records.ts';
import { User } from './user.entity.ts';

/** One transaction for so many: enough to be fast, and few to hold in memory and to do again. */
const BATCH_SIZE = 500;

export type ImportOutcome =
  | { readonly line: number; readonly outcome: 'TAKEN_OVER' | 'THERE_ALREADY'; readonly email: string }
  | { readonly line: number; readonly outcome: 'REFUSED'; readonly reason: string };

export interface ImportOptions {
  readonly database: Database;
  readonly transact: Transact;
  /** Only tells what would be done. */
  readonly isTrial: boolean;
}

/**
 * Makes an account of each record, and tells what became of each line, in any order. Who has an account with the record's
 * email already is left as they are, so that a file can be read again after a break; closed accounts count. A name that
 * stands in the file a second time or is somebody else's is refused. Each batch is committed or not as a whole, with its
 * entries in the feeds. Memory grows with the names alone.
 */
export async function* importAccounts(
  records: AsyncIterable<TextRecord<AccountRecord>>,
  options: ImportOptions,
): AsyncGenerator<ImportOutcome> {
  const seen = { email: new Map<string, number>(), username: new Map<string, number>() };
  let batch: Line[] = [];
  for await (const record of records) {
    if ('fault' in record) {
      yield { line: record.line, outcome: 'REFUSED', reason: record.fault };
      continue;
    }
    const { line, value } = record;
    const names = { email: keyOf(value.email), username: keyOf(value.username) };
    const twice = (['email', 'username'] as const).find(name => seen[name].has(names[name]));
    if (twice) {
      const reason = `This ${twice} stands in line ${seen[twice].get(names[twice])} already.`;
      yield { line, outcome: 'REFUSED', reason };
      continue;
    }
    seen.email.set(names.email, line);
    seen.username.set(names.username, line);
    batch.push({ line, account: value });
    if (batch.length < BATCH_SIZE) continue;
    yield* await importBatch(batch, options);
    batch = [];
  }
  yield* await importBatch(batch, options);
}

interface Line {
  readonly line: number;
  readonly account: AccountRecord;
}

/** As PostgreSQL's lower() and the unique indexes have it, near enough: what is missed here the database refuses. */
const keyOf = (name: string) => name.toLowerCase();

async function importBatch(batch: readonly Line[], options: ImportOptions): Promise<ImportOutcome[]> {
  const { database, transact, isTrial } = options;
  if (isTrial) return decide(forkFor(database, null), batch);
  try {
    return await transact(null, async em => {
      const outcomes = await decide(em, batch);
      for (const [place, { account }] of batch.entries())
        if (outcomes[place]?.outcome === 'TAKEN_OVER') em.persist(em.create(User, entityOf(account)));
      return outcomes;
    });
  } catch (error) {
    if (databaseFault(error)?.kind !== 'UNIQUE') throw error;
    // Somebody signed up with one of the names meanwhile: in halves, whose is found.
    const [only, ...others] = batch;
    if (only && others.length === 0)
      return [{ line: only.line, outcome: 'REFUSED', reason: 'Somebody else has this email or username already.' }];
    const half = Math.ceil(batch.length / 2);
    return [...(await importBatch(batch.slice(0, half), options)), ...(await importBatch(batch.slice(half), options))];
  }
}

const entityOf = ({ createdAt, ...account }: AccountRecord) => (createdAt ? { ...account, createdAt } : account);

async function decide(em: EntityManager, batch: readonly Line[]): Promise<ImportOutcome[]> {
  const emails = batch.map(({ account }) => keyOf(account.email));
  const usernames = batch.map(({ account }) => keyOf(account.username));
  const found = await em.find(
    User,
    { $or: [{ [raw('lower(email)')]: { $in: emails } }, { [raw('lower(username)')]: { $in: usernames } }] },
    // Everybody's, closed accounts included: it is only asked which names are taken.
    { filters: { live: false, owner: false }, fields: ['email', 'username'], disableIdentityMap: true },
  );
  const taken = {
    email: new Set(found.map(({ email }) => keyOf(email))),
    username: new Set(found.map(({ username }) => keyOf(username))),
  };
  return batch.map(({ line, account }): ImportOutcome => {
    if (taken.email.has(keyOf(account.email))) return { line, outcome: 'THERE_ALREADY', email: account.email };
    return taken.username.has(keyOf(account.username))
      ? { line, outcome: 'REFUSED', reason: `Somebody else has the username ${account.username} already.` }
      : { line, outcome: 'TAKEN_OVER', email: account.email };
  });
}
