import { expect, test } from 'vitest';
import { PASSWORD, type Person, startApp, type TestApp } from '../support/app.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { Session } from './session.ts';
import { openSocket } from './socket.ts';
import { createUrql, followChanges, TODOS } from './urql.ts';

test('a change that comes while an older answer is under way is shown all the same', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using screen = await follow(app, ada);

  screen.answers.hold();
  await app.createTodo(ada, { title: 'one' });
  await until('an answer is held back', () => screen.answers.held() === 1);
  await app.createTodo(ada, { title: 'two' });
  await until('both changes came', () => screen.changes() === 2);
  const held = screen.answers.held();
  screen.answers.release();
  await until('both are shown', () => screen.titles().length === 2);

  expect(screen.titles()).toEqual(['one', 'two']);
  expect(held).toBe(1);
});

test('a list that could not be asked for in a break is asked for when the feed is back, though nothing changed', async () => {
  await using app = await startApp();
  const ada = await app.createUser();
  await using screen = await follow(app, ada);

  screen.answers.lose();
  await app.createTodo(ada, { title: 'one' });
  await until('the list was asked for in vain', () => screen.answers.lost() === 1);
  screen.network.cut();
  screen.answers.release();
  screen.network.mend();
  await until('it is shown', () => screen.titles().length === 1);

  expect(screen.titles()).toEqual(['one']);
  expect(screen.changes()).toBe(1);
});

/** Shows all todos, over a network that can break and whose answers can be held back or lost. */
async function follow(app: TestApp, person: Person) {
  const network = await startProxy(app.url);
  const url = `${network.url}/graphql`;
  const session = new Session({ url });
  await session.logIn(person.username, PASSWORD);
  const answers = watchAnswers(session.fetch);
  const live = createUrql({ url, session: answers, socket: openSocket({ url: url.replace('http', 'ws'), session }) });
  let titles: readonly string[] = [];
  const { unsubscribe } = live.client.query(TODOS, {}).subscribe(({ data }) => {
    titles = data?.todos.nodes.map(({ title }) => title) ?? [];
  });
  const stop = new AbortController();
  let changes = 0;
  const followed = followChanges(live, stop.signal, () => {
    changes += 1;
  });
  await until('it follows', () => app.app.services.feed.followerCount === 1);
  await until('no query is under way', () => answers.pending() === 0);
  return {
    answers,
    network,
    titles: () => titles,
    changes: () => changes,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await followed;
      unsubscribe();
      await network[Symbol.asyncDispose]();
    },
  };
}

/** Lets answers that the server has given wait or get lost, as networks do. */
function watchAnswers(send: typeof fetch) {
  let released = Promise.resolve();
  let release = () => {};
  let losing = false;
  let pending = 0;
  let held = 0;
  let lost = 0;
  const watched: typeof fetch = async (input, init) => {
    pending += 1;
    try {
      const answer = await send(input, init);
      if (losing) {
        lost += 1;
        throw new TypeError('fetch failed');
      }
      held += 1;
      await released;
      held -= 1;
      return answer;
    } finally {
      pending -= 1;
    }
  };
  return {
    fetch: watched,
    pending: () => pending,
    held: () => held,
    lost: () => lost,
    hold() {
      ({ promise: released, resolve: release } = Promise.withResolvers<void>());
    },
    lose() {
      losing = true;
    },
    release() {
      losing = false;
      release();
    },
  };
}
