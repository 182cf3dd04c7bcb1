import type { SchemaDifference, TableDifference } from '@mikro-orm/postgresql';
import type { EntityDifferences } from './entity-differences.ts';
import { layOut } from './sql-layout.ts';
import { splitStatements } from './sql-statements.ts';

/**
 * The text of a migration that brings the tables to what the entities say: tables, columns, types of enums, and what
 * comes with a new column or table. It never drops what only SQL knows of. Both sections are empty where nothing
 * differs. `reserved` are the words that need quotes to be names.
 */
export function draftMigration({ up, down, generator }: EntityDifferences, reserved: ReadonlySet<string>): string {
  const write = (difference: SchemaDifference) =>
    splitStatements(generator.diffToSQL(difference, { wrap: false, safe: false, dropTables: true }))
      .map(({ text }) => text.replace(/^(drop table) if exists (\S+) cascade$/, '$1 $2'))
      .map(statement => `${statement.startsWith('create table') ? '\n' : ''}${layOut(statement, reserved)};\n`);
  const forward = write({ ...columnsOnly(up), removedTables: {}, removedNativeEnums: [] });
  const back = write({
    ...columnsOnly(down),
    newTables: {},
    newNativeEnums: [],
    // What refers to another table was made after it.
    removedTables: Object.fromEntries(Object.entries(down.removedTables).reverse()),
  });
  if (forward.some(statement => /^alter type \S+ add value/.test(statement))) {
    back.push('-- PostgreSQL cannot take a value out of an enum: the way back is a new type in its place.\n');
  }
  return `-- Up Migration\n${forward.join('').trimStart()}\n-- Down Migration\n${back.join('')}`;
}

const columnsOnly = (difference: SchemaDifference): SchemaDifference => ({
  ...difference,
  changedTables: Object.fromEntries(
    Object.entries(difference.changedTables).map(([name, table]) => [name, columnsOfTable(table)]),
  ),
  orphanedForeignKeys: [],
  removedNamespaces: new Set(),
  newViews: {},
  changedViews: {},
  removedViews: {},
  newRoutines: {},
  changedRoutines: {},
  removedRoutines: {},
});

function columnsOfTable(table: TableDifference): TableDifference {
  const added = new Set(Object.keys(table.addedColumns));
  const ofAdded = ([, { columnNames }]: [string, { columnNames: string[] }]) =>
    columnNames.every(name => added.has(name));
  // The check that lists the values of a text column is the entity's. Others are not, whatever they are called.
  const lists = new Set(
    [
      ...added,
      ...Object.keys(table.changedColumns).filter(name =>
        table.changedColumns[name]?.changedProperties.has('enumItems'),
      ),
    ].map(name => `${table.name}_${name}_check`),
  );
  const listsOf = <Check>(checks: Record<string, Check>) => pick(checks, ([name]) => lists.has(name));
  return {
    name: table.name,
    fromTable: table.fromTable,
    toTable: table.toTable,
    addedColumns: table.addedColumns,
    changedColumns: table.changedColumns,
    removedColumns: table.removedColumns,
    renamedColumns: table.renamedColumns,
    addedForeignKeys: pick(table.addedForeignKeys, ofAdded),
    addedIndexes: pick(table.addedIndexes, ofAdded),
    addedChecks: listsOf(table.addedChecks),
    changedChecks: listsOf(table.changedChecks),
    removedChecks: listsOf(table.removedChecks),
    changedForeignKeys: {},
    removedForeignKeys: {},
    changedIndexes: {},
    removedIndexes: {},
    renamedIndexes: {},
    addedTriggers: {},
    changedTriggers: {},
    removedTriggers: {},
    addedPolicies: {},
    removedPolicies: {},
  };
}

const pick = <Value>(record: Record<string, Value>, holds: (entry: [string, Value]) => boolean) =>
  Object.fromEntries(Object.entries(record).filter(holds));
