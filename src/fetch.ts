import { type App, type AppOptions, createApp } from './app.ts';
import { answerByConnection } from './http/fetch-connection.ts';
import { providerFaults } from './payment/providers/faults.ts';
import { readConfig } from './platform/config.ts';
import { SetupError } from './platform/errors.ts';

export interface FetchHandler {
  /**
   * Answers as the server does: GraphQL, subscriptions as events over HTTP, messages of payment providers, exports and
   * imports, /health and /ready; no WebSockets. Where there are no TRUST_PROXY and no address, all callers are one.
   */
  fetch(request: Request, caller?: Caller): Promise<Response>;
  /** Takes no more requests, ends streams, lets what is under way finish and closes the connections. */
  dispose(): Promise<void>;
}

export interface Caller {
  /** The address that the host saw; behind proxies, TRUST_PROXY takes it out of X-Forwarded-For. */
  readonly address?: string;
}

/**
 * The server for a host that calls a function for each request and has no port. It is made with the first request, and its
 * connections are kept for the next ones. It does no background jobs: some process with WORKER=only has to, or no mail is
 * sent and no payment asked about. Throws a SetupError where the settings cannot be used.
 */
export function createFetchHandler(options: Partial<Omit<AppOptions, 'url'>> = {}): FetchHandler {
  const config = { ...(options.config ?? readConfig(undefined, providerFaults)), worker: 'off' } as const;
  const databaseUrl = options.databaseUrl ?? config.database.url;
  if (!databaseUrl) throw new SetupError('DATABASE_URL is missing: a function has no place for a database of its own.');
  let app: App | null = null;
  let disposing: Promise<void> | null = null;

  return {
    async fetch(request, { address } = {}) {
      if (disposing) return goneAway();
      app ??= createApp({ ...options, config, databaseUrl, url: new URL(request.url).origin });
      const { accept } = app;
      return answerByConnection(request, accept, address ?? null);
    },
    dispose() {
      disposing ??= app?.close() ?? Promise.resolve();
      return disposing;
    },
  };
}

const goneAway = () =>
  Response.json(
    { title: 'Service Unavailable', status: 503, detail: 'This server is on its way out: ask again.' },
    { status: 503, headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '1' } },
  );
