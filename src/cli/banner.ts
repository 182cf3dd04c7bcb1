import type { Config } from '../platform/config.ts';

/** What is printed when the server serves. One line has the address: whoever starts this process waits for it. */
export function banner(config: Config, { url, metricsUrl }: { url: string; metricsUrl: string | null }): string {
  const graphiql = config.graphiql ? [`GraphiQL  /graphql, in a browser`] : [];
  const mail = config.mail.via === 'MAILBOX' ? ['Mail      /dev/mail, what would have been sent'] : [];
  const sandbox = config.sandboxPayments ? ['Payments  /sandbox/control, a provider that moves no money'] : [];
  const numbers = metricsUrl ? [`Metrics   /metrics, on port ${new URL(metricsUrl).port}`] : [];
  const pages =
    config.worker === 'only' ? ['Background jobs alone'] : [`GraphQL   /graphql`, ...graphiql, ...mail, ...sandbox];
  const known = config.publicUrl ? ` (${config.publicUrl})` : '';
  const processes = config.workers > 1 ? ` with ${config.workers} processes` : '';
  return `Duely listens on ${url}${known}${processes}\n\n${[...pages, ...numbers].map(page => `  ${page}\n`).join('')}\n`;
}
