import { defineEntity, p } from '@mikro-orm/core';
import { expect, inject, test } from 'vitest';
import { entities } from '../../../src/entities.ts';
import { withConnection } from '../../../src/platform/connection.ts';
import { draftMigration } from '../../../src/platform/migrations/draft.ts';
import { describeDifferences, withEntityDifferences } from '../../../src/platform/migrations/entity-differences.ts';
import { migrate } from '../../../src/platform/migrations/migrate.ts';
import { dumpSchema } from '../../../src/platform/migrations/schema-dump.ts';
import { withScratchDatabase } from '../../../src/platform/migrations/scratch-database.ts';

const OwnerSchema = defineEntity({
  name: 'Owner',
  tableName: 'owners',
  properties: {
    id: p.uuid().primary(),
    name: p.string().length(100),
    role: p.enum(['USER', 'ADMIN', 'GUEST'] as const).default('USER'),
    order: p.integer().default(1),
    motto: p.string().length(20).default('a, (b)').nullable(),
  },
});
class Owner extends OwnerSchema.class {}
OwnerSchema.setClass(Owner);

const BillSchema = defineEntity({
  name: 'Bill',
  tableName: 'bills',
  properties: {
    id: p.uuid().primary(),
    owner: () => p.manyToOne(Owner).ref().deleteRule('cascade'),
    amount: p.bigint(),
    state: p
      .enum(['OPEN', 'PAID'] as const)
      .nativeEnumName('bill_state')
      .default('OPEN'),
    paidAt: p.datetime(3).nullable(),
  },
});
class Bill extends BillSchema.class {}
BillSchema.setClass(Bill);

const PRESENT = `
  create table owners (
    id uuid primary key,
    name varchar(50) constraint owners_name_check check (length(name) > 1),
    role text not null default 'USER' constraint owners_role_check check (role in ('USER', 'ADMIN'))
  );
  create unique index owners_name_key on owners (lower(name));
  create table only_sql (id uuid primary key references owners);
  create type only_sql_state as enum ('A')`;

const draft = (url: string) =>
  withEntityDifferences(url, [Bill, Owner], differences => ({
    sentences: describeDifferences(differences),
    text: draftMigration(differences, new Set(['order'])),
  }));

test('a draft brings the tables to what the entities say and back, and touches nothing that only SQL knows of', async () => {
  await withScratchDatabase(inject('postgresUrl'), async url => {
    const run = (statements: string) => withConnection(url, client => client.query(statements));
    await run(PRESENT);
    const before = await dumpSchema(url);

    const { sentences, text } = await draft(url);
    const [up = '', down = ''] = text.split('-- Down Migration');
    await run(up);
    const after = await draft(url);
    await run(down);

    expect(text).toMatchInlineSnapshot(`
      "-- Up Migration
      create type bill_state as enum ('OPEN', 'PAID');

      create table bills (
        id uuid not null,
        owner_id uuid not null,
        amount bigint not null,
        state bill_state not null default 'OPEN',
        paid_at timestamptz(3),
        primary key (id)
      );
      alter table owners drop constraint owners_role_check;
      alter table owners
        add "order" int not null default 1,
        add motto varchar(20) default 'a, (b)';
      alter table owners alter column name type varchar(100) using (name::varchar(100));
      alter table owners alter column name set not null;
      alter table owners add constraint owners_role_check check (role in ('USER', 'ADMIN', 'GUEST'));
      alter table bills add constraint bills_owner_id_fkey foreign key (owner_id) references owners (id) on delete cascade;

      -- Down Migration
      drop table bills;
      alter table owners drop constraint owners_role_check;
      alter table owners
        drop column "order",
        drop column motto;
      alter table owners alter column name type varchar(50) using (name::varchar(50));
      alter table owners alter column name drop not null;
      alter table owners add constraint owners_role_check check (role in ('USER', 'ADMIN'));
      drop type bill_state;
      "
    `);
    expect(sentences).toMatchInlineSnapshot(`
      [
        "The type bill_state is used by an entity, but no migration makes it.",
        "The table bills belongs to an entity, but no migration makes it.",
        "The entity of owners has order, the table has not.",
        "The entity of owners has motto, the table has not.",
        "owners.name: type is varchar(50) in the table and varchar(100) in the entity.",
        "owners.name: null is allowed in the table and not allowed in the entity.",
        "owners.role: the list of values is USER, ADMIN in the table and USER, ADMIN, GUEST in the entity.",
      ]
    `);
    expect(after).toEqual({ sentences: [], text: '-- Up Migration\n\n-- Down Migration\n' });
    expect(await dumpSchema(url)).toBe(before);
  });
});

test("the app's entities and tables agree, so that a draft is empty", async () => {
  await withScratchDatabase(inject('postgresUrl'), async url => {
    await migrate(url, 'up');

    const text = await withEntityDifferences(url, entities, differences => draftMigration(differences, new Set()));

    expect(text).toBe('-- Up Migration\n\n-- Down Migration\n');
  });
});
