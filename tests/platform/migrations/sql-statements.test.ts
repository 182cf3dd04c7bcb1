import { expect, test } from 'vitest';
import { splitStatements } from '../../../src/platform/migrations/sql-statements.ts';

const texts = (script: string) => splitStatements(script).map(({ text }) => text);

test('statements end at semicolons, and comments before them and blank ones are left out', () => {
  const script = '-- First; the table.\ncreate table a (id int);\n\n/* then; */ ;; drop table a -- done;\n;\nselect 1';

  expect(texts(script)).toEqual(['create table a (id int)', 'drop table a', 'select 1']);
  expect(splitStatements(script).map(({ offset }) => script.slice(offset, offset + 6))).toEqual([
    'create',
    'drop t',
    'select',
  ]);
  expect(texts('-- Up Migration\n')).toEqual([]);
  expect(texts('(select 1) union (select 2);')).toEqual(['(select 1) union (select 2)']);
});

test.each([
  [`select 'a;b', 'it''s;', "c;""d"`],
  [String.raw`select E'a\';b;', 'back\'`],
  ['select $$ a; b $$, $body$ c; $$ d; $body$'],
  ['select 1 /* a; b */ + 2 -- c;\n + 3'],
  ['create function f() returns int begin atomic select 1; select case when true then 2 end; end'],
])('a semicolon ends nothing in %s', statement => {
  expect(texts(`${statement}; select 9;`)).toEqual([statement, 'select 9']);
});
