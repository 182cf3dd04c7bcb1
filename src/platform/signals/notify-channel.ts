import pg from 'pg';
import { impatientClient } from '../impatient-client.ts';
import type { Logger } from '../logger.ts';
import type { ChannelListener, SignalChannel } from './channel.ts';

const CHANNEL = 'duely';
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 5_000;
/** Nothing is asked over it for hours: whether it still leads anywhere shows only when it is tried. */
const TRY_EVERY_MS = 15_000;

/** NOTIFY and LISTEN, over a connection of its own that is opened again whenever it breaks. */
export function openNotifyChannel(
  { url, logger, tryEveryMs = TRY_EVERY_MS }: { url: string; logger: Logger; tryEveryMs?: number },
  { onMessage, onConnected }: ChannelListener,
): SignalChannel {
  let client: pg.Client | null = null;
  let closed = false;
  let delay = RECONNECT_MIN_MS;
  let timer: NodeJS.Timeout | undefined;
  let tries: NodeJS.Timeout | undefined;
  const Client = impatientClient(pg.Client, tryEveryMs);

  const connect = async () => {
    if (closed) return;
    const next = new Client({
      connectionString: url,
      application_name: 'duely signals',
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
    });
    let isLost = false;
    const lost = () => {
      // An error is told by the event and by the query under way: one new connection is enough.
      if (isLost) return;
      isLost = true;
      clearInterval(tries);
      if (client === next) client = null;
      next.removeAllListeners();
      next.on('error', () => {});
      next.end().catch(() => {});
      if (closed) return;
      timer = setTimeout(connect, delay);
      delay = Math.min(delay * 2, RECONNECT_MAX_MS);
    };
    next.on('notification', ({ payload }) => payload && onMessage(payload));
    // Before it connects: the server may end it in the same breath.
    next.on('error', error => {
      if (!closed) logger.warn({ err: error }, 'the connection for wake-ups broke; it is opened again');
      lost();
    });
    try {
      await next.connect();
      next.on('end', lost);
      await next.query(`listen ${CHANNEL}`);
    } catch (error) {
      if (!closed) logger.warn({ err: error }, 'the connection for wake-ups cannot be opened; trying again');
      return lost();
    }
    if (closed) return void next.end().catch(() => {});
    client = next;
    delay = RECONNECT_MIN_MS;
    // Where it leads nowhere, the connection says so by an error.
    tries = setInterval(() => next.query('select 1').catch(() => {}), tryEveryMs).unref();
    onConnected();
  };
  void connect();

  return {
    get connected() {
      return client !== null;
    },
    isSettled: true,
    async send(messages) {
      if (!client) throw new Error('There is no connection for wake-ups.');
      await notify(client, messages);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      clearInterval(tries);
      const last = client;
      client = null;
      last?.removeAllListeners();
      last?.on('error', () => {});
      await last?.end().catch(() => {});
    },
  };
}

/** Sends to all processes that listen, in one statement. */
export async function notify(client: pg.Client, messages: readonly string[]): Promise<void> {
  await client.query('select pg_notify($1, message) from unnest($2::text[]) as message', [CHANNEL, messages]);
}
