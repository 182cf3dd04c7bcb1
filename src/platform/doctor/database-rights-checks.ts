import type { Check, Finding } from './check.ts';

const GUIDE = 'deploy/runtime-role.sql makes an account that may do what the server does, and no more.';

interface Role {
  readonly name: string;
  readonly superuser: boolean;
  readonly powers: readonly string[];
  readonly owns: boolean;
}

const role: Check = {
  id: 'database.role',
  ok: 'The account may do what the server needs, and not much more.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open || open.isEmbedded) return null;
    const [found] = await open.rows<Role>(ROLE);
    if (!found) return null;
    const findings: Finding[] = [];
    if (found.superuser)
      findings.push({
        severity: 'warn',
        what: `The account ${found.name} is a superuser.`,
        why: 'A hole in the server would give away every database of that machine, its files and its programs.',
        mend: GUIDE,
      });
    else if (found.powers.length > 0)
      findings.push({
        severity: 'warn',
        what: `The account ${found.name} has ${found.powers.join(', ')}, which the server never needs.`,
        why: 'What it does not have nobody can use through it.',
        mend: `alter role ${found.name} ${found.powers.map(power => `no${power}`).join(' ')};`,
      });
    if (!found.superuser && found.owns)
      findings.push({
        severity: 'info',
        what: `The account ${found.name} owns the tables.`,
        why: 'It can drop them, and the guards of payment facts and security events. Migrations need that, the server does not.',
        mend: GUIDE,
      });
    return findings;
  },
};

const ROLE = `
  select rolname as name, rolsuper as superuser,
    array_remove(array[case when rolcreatedb then 'createdb' end, case when rolcreaterole then 'createrole' end,
      case when rolreplication then 'replication' end, case when rolbypassrls then 'bypassrls' end], null) as powers,
    exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and pg_has_role(c.relowner, 'usage')) as owns
  from pg_roles where rolname = current_user`;

const rights: Check = {
  id: 'database.rights',
  ok: 'The account has all rights that the server needs.',
  look: async ({ database }) => {
    const open = await database.open();
    if (!open) return null;
    const missing = await open.rows<{ thing: string; rights: string }>(MISSING_RIGHTS);
    const findings: Finding[] = missing.map(({ thing, rights }) => ({
      severity: 'stop',
      subject: thing,
      what: `The account lacks ${rights} on ${thing}.`,
      why: 'What uses it fails.',
      mend: `grant ${rights} on ${thing} to …; or deploy/runtime-role.sql once more, after each migration that makes a table`,
    }));
    const [jobs] = await open.rows<{ mayUse: boolean }>(JOBS);
    if (jobs && !jobs.mayUse)
      findings.push({
        severity: 'stop',
        subject: 'pgboss',
        what: 'The account can neither use the schema of the jobs, pgboss, nor make it.',
        why: 'No mail is sent, no reminder comes and no payment is asked about.',
        mend: 'grant create on database … to …; as deploy/runtime-role.sql does',
      });
    return findings;
  },
};

const MISSING_RIGHTS = `
  select c.relname as thing, string_agg(needed, ', ') as rights
  from pg_class c cross join unnest(case c.relkind when 'S' then '{usage}' else '{select,insert,update,delete}'::text[] end) as needed
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'S') and c.relname not in ('migrations', 'migrations_id_seq')
    and not case c.relkind when 'S' then has_sequence_privilege(c.oid, needed) else has_table_privilege(c.oid, needed) end
  group by c.relname order by c.relname`;

const JOBS = `
  select case when to_regnamespace('pgboss') is null then has_database_privilege(current_database(), 'create')
    else has_schema_privilege('pgboss', 'usage') and not exists (
      select from pg_class c where c.relnamespace = to_regnamespace('pgboss') and c.relkind in ('r', 'p')
        and not has_table_privilege(c.oid, 'select, insert, update, delete')) end as "mayUse"`;

export const databaseRightsChecks: readonly Check[] = [role, rights];
