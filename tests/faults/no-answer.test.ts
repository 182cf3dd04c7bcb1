import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { openNotifyChannel } from '../../src/platform/signals/notify-channel.ts';
import { holdLock } from '../support/lock.ts';
import { startProxy } from '../support/proxy.ts';
import { until } from '../support/wait.ts';
import { codesOf, endure, warmUp } from './endurance.ts';
import { startOwnPostgres } from './own-postgres.ts';
import { startOwnServer } from './own-server.ts';
import { FAULT_TIMEOUT_MS as timeout } from './rounds.ts';

/** The same database by another way. */
function through(proxyUrl: string, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  ({ hostname: url.hostname, port: url.port } = new URL(proxyUrl));
  return url.href;
}

test('where all connections of the pool wait for a lock, whoever finds none is told UNAVAILABLE, and the server stays ready, but busy', {
  timeout,
}, async () => {
  await using postgres = await startOwnPostgres();
  await using server = await startOwnServer(postgres, postgres);
  await warmUp({ server, postgres });

  const work = await endure({ server, postgres }, async ({ answers }) => {
    await using lock = await holdLock(postgres, 'lock table todos in access exclusive mode');
    const before = answers.length;
    await until('somebody found no connection', () => answers.slice(before).some(({ status }) => status === 503));
    const ready = await server.ready();
    await lock.release();

    expect(ready).toMatchObject({ status: 200, body: { dependencies: { database: 'busy' } } });
  });

  expect(codesOf(work)).toContain('UNAVAILABLE');
});

test('where a network swallows what is said over the connections that there are, others are opened in time', {
  timeout,
}, async () => {
  await using postgres = await startOwnPostgres();
  await using proxy = await startProxy(postgres.url);
  const url = through(proxy.url, postgres.url);
  await using server = await startOwnServer({ url }, postgres, { DATABASE_STATEMENT_TIMEOUT_MS: '1000' });
  await warmUp({ server, postgres });

  await endure({ server, postgres }, async work => {
    proxy.freeze();
    const before = work.acknowledged();
    await until('writes are acknowledged again', () => work.acknowledged() > before + 20, 30_000);
    // What PostgreSQL still takes for connections of the server's ends with the network that is gone.
    proxy.cut();
    await sleep(100);
    proxy.mend();
  });
});

test('a connection for wake-ups that leads nowhere any more is given up, and wake-ups arrive over another one', async () => {
  await using postgres = await startOwnPostgres({ migrated: false });
  await using proxy = await startProxy(postgres.url);
  const heard: string[] = [];
  let connections = 0;
  const logger = createLogger('silent');
  const onConnected = () => {
    connections += 1;
  };
  const listening = openNotifyChannel(
    { url: through(proxy.url, postgres.url), logger, tryEveryMs: 2_000 },
    { onMessage: message => void heard.push(message), onConnected },
  );
  const sending = openNotifyChannel({ url: postgres.url, logger }, { onMessage() {}, onConnected() {} });
  await until('both are connected', () => listening.connected && sending.connected);

  proxy.freeze();
  await until('there is another one', () => connections > 1 && listening.connected);
  await sending.send(['are you there?']);
  await until('it was heard', () => heard.length > 0);
  await Promise.all([listening.close(), sending.close()]);

  expect(heard).toEqual(['are you there?']);
});
