import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SetupError } from '../platform/errors.ts';

export interface Address {
  /** On this machine. */
  readonly url: string;
  readonly port: number;
}

/** Begins to listen. Throws a SetupError that names the settings to change where it cannot. */
export async function listenOn(
  server: Server,
  { host, port, settings }: { readonly host: string; readonly port: number; readonly settings: string },
): Promise<Address> {
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new SetupError(
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : error}. Set ${settings}.`,
    );
  });
  const { port: taken } = server.address() as AddressInfo;
  const name = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return { url: `http://${name.includes(':') ? `[${name}]` : name}:${taken}`, port: taken };
}
