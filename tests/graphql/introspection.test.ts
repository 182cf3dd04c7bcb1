import { getIntrospectionQuery } from 'graphql';
import { describe, expect, test } from 'vitest';
import { type Answer, type Person, startApp, type TestApp } from '../support/app.ts';
import { openStream } from '../support/event-stream.ts';
import { until } from '../support/wait.ts';

const PRODUCTION = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://localhost/unused',
  PUBLIC_URL: 'https://api.example.com',
  SMTP_URL: 'off',
};

const bySocket = (app: TestApp, as: Person, query: string): Promise<object> =>
  app
    .socket(as)
    .iterate({ query })
    .next()
    .then(
      ({ value }) => value ?? {},
      (errors: unknown) => ({ errors }),
    );

async function byStream(app: TestApp, as: Person, query: string): Promise<object> {
  await using stream = await openStream(app, as, query);
  await until('the stream is over', () => stream.isOver());
  return stream.events[0]?.data ?? {};
}

const ways = (app: TestApp, as: Person, query: string) =>
  Promise.all([app.execute(query, {}, as), bySocket(app, as, query), byStream(app, as, query)]);
const messagesOf = (answer: object) => ((answer as Partial<Answer>).errors ?? []).map(({ message }) => message);

describe('in production', () => {
  test('the schema tells nothing of itself, by HTTP, socket or stream of events: neither by introspection nor by suggestions', async () => {
    await using setUp = await startApp();
    const ada = await setUp.createUser();
    await using app = await startApp({ database: setUp.database, settings: PRODUCTION });

    const asked = [
      ...(await ways(app, ada, getIntrospectionQuery())),
      ...(await ways(app, ada, '{ __type(name: "User") { name } }')),
    ];
    const guessed = [
      ...(await ways(app, ada, '{ todo_ }')),
      ...(await ways(app, ada, '{ todos(frist: 1) { nodes { id } } }')),
    ];

    expect(asked.every(answer => messagesOf(answer)[0]?.includes('introspection'))).toBe(true);
    expect(asked.some(answer => JSON.stringify(answer).includes('"User"'))).toBe(false);
    expect(guessed.flatMap(messagesOf)).toHaveLength(6);
    expect(guessed.flatMap(messagesOf).filter(message => /did you mean/i.test(message))).toEqual([]);
  });

  test('it does with INTROSPECTION=on', async () => {
    await using setUp = await startApp();
    const ada = await setUp.createUser();
    await using app = await startApp({ database: setUp.database, settings: { ...PRODUCTION, INTROSPECTION: 'on' } });

    const answers = await ways(app, ada, '{ __type(name: "User") { name } }');
    const guessed = await ways(app, ada, '{ todo_ }');

    expect(answers.map(answer => JSON.stringify(answer).includes('"User"'))).toEqual([true, true, true]);
    expect(guessed.flatMap(messagesOf).filter(message => /did you mean/i.test(message))).toHaveLength(3);
  });
});
