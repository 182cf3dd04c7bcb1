import type { TestApp } from './app.ts';
import type { Statement } from './statements.ts';

/** A node of what EXPLAIN (format json) answers. */
export interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  Plans?: Plan[];
}

export interface Explained extends Statement {
  readonly plan: Plan;
}

/** In each table of a test that looks at plans: enough that nobody would read it from end to end. */
export const ROWS = 100_000;

/** The id of the nth row, in SQL. */
export const nthId = (n: string) => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

export const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Those of the tables that a plan reads from end to end. */
export const scannedBy = ({ plan }: Explained, tables: readonly string[]) =>
  nodesOf(plan)
    .filter(node => node['Node Type'].endsWith('Seq Scan') && tables.includes(node['Relation Name'] ?? ''))
    .map(node => node['Relation Name']);

export const indexesOf = (plan: Plan) => nodesOf(plan).flatMap(node => node['Index Name'] ?? []);

export const sortsOf = (plan: Plan) => nodesOf(plan).filter(node => node['Node Type'].includes('Sort'));

/** As the server sent them, each text once; what is no query has no plan. */
export async function explain({ database }: TestApp, statements: readonly Statement[]): Promise<Explained[]> {
  const distinct = new Map(statements.map(statement => [statement.text, statement]));
  const explained: Explained[] = [];
  for (const { text, values } of distinct.values()) {
    if (!/^\s*(select|with|insert|update|delete)\b/i.test(text)) continue;
    const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`explain (format json) ${text}`, [
      ...values,
    ]);
    if (row) explained.push({ text, values, plan: row['QUERY PLAN'][0].Plan });
  }
  return explained;
}
