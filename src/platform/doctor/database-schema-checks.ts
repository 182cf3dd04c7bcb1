import { readMigrations } from '../migrations/migrate.ts';
import { readSchemaFile } from '../migrations/schema-file.ts';
import type { Check, Finding } from './check.ts';
import type { OpenDatabase } from './database-access.ts';

const migrations: Check = {
  id: 'database.migrations',
  ok: 'The database has all migrations, and no others.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open) return null;
    const states = await readMigrations(open.directUrl);
    const pending = states.filter(({ applied }) => !applied).map(({ name }) => name);
    const foreign = states.filter(({ missing }) => missing).map(({ name }) => name);
    const findings: Finding[] = [];
    if (pending.length > 0)
      findings.push({
        severity: 'stop',
        what: `The database lacks ${pending.length === 1 ? 'a migration' : `${pending.length} migrations`}: ${pending.join(', ')}.`,
        why: 'The server does not start.',
        mend: 'npm run db -- up',
      });
    if (foreign.length > 0)
      findings.push({
        severity: 'warn',
        what: `The database has migrations that this version does not know: ${foreign.join(', ')}.`,
        why: 'A newer version has been here. Whether this one works with its tables is not known.',
        mend: 'Run the newer version, or take them back with it: npm run db -- down',
      });
    return findings;
  },
};

/** Null where migrations are pending: what they make cannot be there. */
const migrated = async (open: OpenDatabase) =>
  (await readMigrations(open.directUrl)).every(({ applied }) => applied) ? open : null;

const indexes: Check = {
  id: 'database.indexes',
  ok: 'Every index of the schema is there and valid.',
  look: async ({ database }) => {
    const found = await database.open();
    const open = found && (await migrated(found));
    if (!open) return null;
    const present = await open.rows<{ name: string; valid: boolean }>(
      `select c.relname as name, i.indisvalid and i.indisready as valid
       from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace`,
    );
    const names = new Set(present.map(({ name }) => name));
    const missing = (await schemaIndexes()).filter(({ name }) => !names.has(name));
    return [
      ...missing.map(
        ({ name, statement, needs }): Finding =>
          needs
            ? {
                severity: 'info',
                subject: name,
                what: `The index ${name} is not there, for want of the extension ${needs}.`,
                why: 'The search of accounts by admins reads all of them: with 100,000 that takes a moment.',
                mend: `As a superuser: create extension ${needs}; then ${statement}`,
              }
            : {
                severity: 'stop',
                subject: name,
                what: `The index ${name} is not there.`,
                why: /^CREATE UNIQUE|^ALTER/.test(statement)
                  ? 'What there must be once can come to be there twice.'
                  : 'Queries read the whole table.',
                mend: statement,
              },
      ),
      ...present
        .filter(({ valid }) => !valid)
        .map(
          ({ name }): Finding => ({
            severity: 'stop',
            subject: name,
            what: `The index ${name} is not valid.`,
            why: 'Making it was broken off: no query uses it, and every write pays for it.',
            mend: `reindex index concurrently ${name};`,
          }),
        ),
    ];
  },
};

interface SchemaIndex {
  readonly name: string;
  /** That makes it. */
  readonly statement: string;
  /** An extension that not every host has. */
  readonly needs: string | null;
}

/** As migrations/schema.sql has them, those of keys included. */
async function schemaIndexes(): Promise<SchemaIndex[]> {
  const schema = await readSchemaFile();
  const plain = [...schema.matchAll(/^CREATE (?:UNIQUE )?INDEX (\w+) ON [\s\S]*?;$/gm)].map(
    ([statement, name = '']) => ({ name, statement, needs: statement.includes('gin_trgm_ops') ? 'pg_trgm' : null }),
  );
  const keys = [...schema.matchAll(/^CREATE (?:UNLOGGED )?TABLE (\w+) \(([\s\S]*?)^\)/gm)].flatMap(
    ([, table = '', columns = '']) =>
      [...columns.matchAll(/CONSTRAINT (\w+) ((?:PRIMARY KEY|UNIQUE) \([^)]*\))/g)].map(([, name = '', key = '']) => ({
        name,
        statement: `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${key};`,
        needs: null,
      })),
  );
  return [...plain, ...keys];
}

const UNUSED_MIN_BYTES = 2 ** 20;

const unused: Check = {
  id: 'database.unused-indexes',
  ok: 'No index is kept for nothing.',
  look: async ({ database, limits }) => {
    const open = await database.open();
    if (!open) return null;
    const [statistics] = await open.rows<{ days: number }>(
      // Numbers that were never set back may be as young as the server's start.
      `select extract(epoch from now() - coalesce(stats_reset, pg_postmaster_start_time()))::float8 / 86400 as days
       from pg_stat_database where datname = current_database()`,
    );
    if (!statistics || statistics.days < limits.statisticsMinAgeDays) return null;
    const ours = new Set((await schemaIndexes()).map(({ name }) => name));
    const rows = await open.rows<{ name: string; size: string }>(
      `select s.indexrelname as name, pg_size_pretty(pg_relation_size(s.indexrelid)) as size
       from pg_stat_user_indexes s join pg_index i using (indexrelid)
       where s.schemaname = 'public' and s.idx_scan = 0 and not i.indisunique and pg_relation_size(s.indexrelid) >= $1
       order by pg_relation_size(s.indexrelid) desc`,
      [UNUSED_MIN_BYTES],
    );
    return rows.map(({ name, size }) => ({
      severity: ours.has(name) ? 'info' : 'warn',
      subject: name,
      what: `No query has used the index ${name} (${size}) in ${Math.floor(statistics.days)} days.`,
      why: ours.has(name)
        ? 'It is the product’s own: some features are used seldom. On a read replica its use is counted there.'
        : 'It is not the product’s own, and every write pays for it.',
      mend: ours.has(name) ? 'Nothing has to be done.' : `drop index concurrently ${name};`,
    }));
  },
};

export const databaseSchemaChecks: readonly Check[] = [migrations, indexes, unused];
