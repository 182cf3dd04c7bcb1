import { entities } from '../entities.ts';
import type { Check } from '../platform/doctor/check.ts';
import { describeDifferences, withEntityDifferences } from '../platform/migrations/entity-differences.ts';
import { readMigrations } from '../platform/migrations/migrate.ts';
import { SEED_DOMAIN } from './seed-people.ts';

const tables: Check = {
  id: 'database.tables',
  ok: 'The tables are what this version expects.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open || (await readMigrations(open.directUrl)).some(({ applied }) => !applied)) return null;
    const [owner] = await open.rows<{ is: boolean }>(
      `select pg_has_role(relowner, 'usage') as is from pg_class where oid = 'public.users'::regclass`,
    );
    const differences = await withEntityDifferences(open.directUrl, entities, describeDifferences);
    // PostgreSQL shows checks and defaults to the owner of a table alone.
    const visible = differences.filter(text => owner?.is || !/: the (list of values|default) is /.test(text));
    return visible.map(difference => ({
      severity: 'stop',
      what: difference,
      why: 'All migrations are applied, so somebody changed the tables by hand.',
      mend: 'Make it as migrations/schema.sql says.',
    }));
  },
};

const admin: Check = {
  id: 'accounts.admin',
  ok: 'There is an admin.',
  look: async ({ database }) => {
    const open = await database.open();
    const [there] = open
      ? await open.rows<{ is: boolean }>(`select to_regclass('public.users') is not null as is`)
      : [];
    if (!open || !there?.is) return null;
    const [found] = await open.rows<{ is: boolean }>(
      `select exists (select from users where role = 'ADMIN' and is_active and deleted_at is null) as is`,
    );
    if (found?.is) return [];
    return [
      {
        severity: 'warn',
        what: 'Nobody is an admin.',
        why: 'Nobody can give money back, settle payments that need a person, or lock an account.',
        mend: 'npm run admin -- grant EMAIL',
      },
    ];
  },
};

const seeded: Check = {
  id: 'accounts.examples',
  ok: 'Nobody of npm run seed is here.',
  look: async ({ database }) => {
    const open = await database.open();
    const [there] = open
      ? await open.rows<{ is: boolean }>(`select to_regclass('public.users') is not null as is`)
      : [];
    if (!open || !there?.is) return null;
    const rows = await open.rows<{ email: string; role: string }>(
      'select email, role from users where lower(email) like $1 and is_active and deleted_at is null order by email',
      [`%@${SEED_DOMAIN}`],
    );
    return rows.map(({ email, role }) => ({
      severity: 'stop',
      subject: email,
      what: `${email} is an account of npm run seed${role === 'ADMIN' ? ', and an admin' : ''}.`,
      why: 'Its password may be one that everybody can read in the source.',
      mend: 'Close it by deleteUser, or begin with an empty database.',
    }));
  },
};

export const accountChecks: readonly Check[] = [tables, admin, seeded];
