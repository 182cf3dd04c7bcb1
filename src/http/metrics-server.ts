import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from '../platform/metrics.ts';
import { sendProblem } from './problem.ts';

export async function sendMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  const text = await metrics.scrape();
  response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' });
  response.end(text);
}

const TIMEOUT_MS = 10_000;

/** Serves /metrics and nothing else, for a port that only the operator's network reaches. */
export function createMetricsServer(metrics: Metrics): Server {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics') {
      sendProblem(response, 404, 'Not Found', 'Here is /metrics alone.');
      return;
    }
    sendMetrics(response, metrics).catch(() =>
      sendProblem(response, 500, 'Internal Server Error', 'The numbers could not be written down.'),
    );
  });
  server.headersTimeout = TIMEOUT_MS;
  server.requestTimeout = TIMEOUT_MS;
  return server;
}
