import { withConnection } from './connection.ts';
import type { Signals } from './signal.ts';
import { pack, type Signal } from './signals/messages.ts';
import { notify } from './signals/notify-channel.ts';

/**
 * The signals of a process that ends soon, such as a command: it hears none, and `close` sends to all other processes
 * what was published until then, by NOTIFY, which every server hears. A hint may be lost, so it throws nothing where that
 * cannot be done.
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
      published = [];
      if (messages.length === 0) return;
      await withConnection(databaseUrl, client => notify(client, messages)).catch(() => {});
    },
  };
}
