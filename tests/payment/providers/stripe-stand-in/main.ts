import { parseArgs } from 'node:util';
import { startStripeStandIn } from '../stripe-stand-in.ts';

/** In a process of its own, which outlives the server that is killed. Prints one line: its address. */
const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, key: { type: 'string' }, secret: { type: 'string' } },
});
const standIn = await startStripeStandIn({
  port: Number(values.port),
  ...(values.key && { secretKey: values.key }),
  ...(values.secret && { webhookSecret: values.secret }),
});
process.stdout.write(`${standIn.url}\n`);
process.once('SIGTERM', () => void standIn.close());
