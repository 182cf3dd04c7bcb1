import { expect, test } from 'vitest';
import { withoutValues } from '../../src/platform/statement-text.ts';

test.for([
  [`select * from "t1" where "a b 1" = 'it''s' and n = 12.5`, 'select * from "t1" where "a b 1" = $1 and n = $2'],
  [`values (E'a\\'b', e'\\\\', 'c')`, 'values ($1, $2, $3)'],
  [`values ('a\\', 'b')`, 'values ($1, $2)'],
  ['values ($$it is$$, $x$with $$ in it$x$, -3, 1e-9)', 'values ($1, $2, -$3, $4)'],
  [`select 'x'::tsvector, col1, t2.c from s3.t4`, 'select $1::tsvector, col1, t2.c from s3.t4'],
  ['select "it""s 1"', 'select "it""s 1"'],
  ['begin', 'begin'],
])('%s has its values taken out', ([text = '', shown]) => {
  expect(withoutValues(text, [])).toBe(shown);
  expect(withoutValues(text, undefined)).toBe(shown);
});

test('a statement with parameters has no values but constants, which stay', () => {
  const text = `select * from todos where id = $1 and status = 'OPEN' limit 20`;

  expect(withoutValues(text, ['todo'])).toBe(text);
});
