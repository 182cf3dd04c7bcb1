import { readFileSync } from 'node:fs';
import { parse, validate } from 'graphql';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSchema } from '../../src/schema.ts';
import { startApp } from '../support/app.ts';
import { BROWSER_MISSING, launchBrowser, openGraphiql } from '../support/browser.ts';

let browser: Browser | null = null;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser?.close());

test('the sample tabs are valid against the served schema', () => {
  const samples = readFileSync(new URL('../../src/http/graphiql/tabs.graphql', import.meta.url), 'utf8');

  const errors = validate(createSchema(), parse(samples));

  expect(errors).toEqual([]);
});

test('in GraphiQL a person signs up, creates todos, pages through them and watches changes arrive', async ({
  skip,
}) => {
  if (!browser) return skip(BROWSER_MISSING);
  await using app = await startApp();
  const page = await browser.newPage();
  const graphiql = await openGraphiql(page, `${app.url}/graphql`);

  await graphiql.openTab('SignUp');
  await graphiql.run();
  const answer = JSON.parse(await graphiql.readResponse('accessToken'));
  await graphiql.setHeaders({ Authorization: `Bearer ${answer.data.signUp.accessToken}` });

  await graphiql.openTab('Changes');
  await graphiql.run();
  await expect.poll(() => app.app.services.feed.followerCount).toBe(1);
  const other = { accessToken: answer.data.signUp.accessToken };
  const { data } = await app.execute(
    'mutation { createTodo(input: { title: "Seen live" }) { todo { id } } }',
    {},
    other,
  );
  const change = await graphiql.readResponse('Seen live');
  await graphiql.run();

  await graphiql.openTab('Todos');
  await graphiql.run();
  const list = await graphiql.readResponse('totalCount');

  expect(change).toContain(data.createTodo.todo.id);
  expect(JSON.parse(list).data.todos).toMatchObject({ nodes: [{ title: 'Seen live' }], totalCount: 1 });
  expect(graphiql.faults).toEqual([]);
  await page.close();
});
