import autocannon from 'autocannon';

/** What `load.ts` of the benchmark asks for, as JSON in the first argument; the answer is JSON too. */
interface Job {
  url: string;
  body: string;
  /** Each connection is one viewer's, in turn. */
  tokens: string[];
  connections: number;
  seconds: number;
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
let clients = 0;
const result = await autocannon({
  url: job.url,
  method: 'POST',
  body: job.body,
  connections: job.connections,
  duration: job.seconds,
  setupClient(client) {
    const token = job.tokens[clients++ % job.tokens.length];
    client.setHeaders({ 'content-type': 'application/json', authorization: `Bearer ${token}` });
  },
});
process.stdout.write(
  JSON.stringify({
    answered: result['2xx'],
    failed: result.non2xx + result.errors,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }),
);
