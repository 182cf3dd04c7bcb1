import type { ServerResponse } from 'node:http';

/** An error outside of GraphQL, as problem details (RFC 9457). `detail` says what to do; `more` is for programs. */
export function sendProblem(
  response: ServerResponse,
  status: number,
  title: string,
  detail: string,
  more: object = {},
): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'application/problem+json; charset=utf-8' });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail, ...more }));
}
