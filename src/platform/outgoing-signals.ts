import { withConnection } from './connection.ts';
import { CHANNEL, pack, type Signal, type Signals } from './signal.ts';

/**
 * The signals of a process that ends soon, such as a command: it hears none, and `close` sends to all other processes
 * what was published until then. A hint may be lost, so it throws nothing where that cannot be done.
 */
export function collectSignals(databaseUrl: string): Signals {
  let published: Signal[] = [];
  return {
    publish: (topic, payload) => void published.push([topic, payload]),
    listen: () => () => {},
    onGap: () => () => {},
    connected: false,
    async close() {
      const messages = pack('', published);
      const isEmpty = published.length === 0;
      published = [];
      if (isEmpty) return;
      await withConnection(databaseUrl, client =>
        client.query('select pg_notify($1, message) from unnest($2::text[]) as message', [CHANNEL, messages]),
      ).catch(() => {});
    },
  };
}
