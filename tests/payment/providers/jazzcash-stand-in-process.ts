import { startJazzCashStandIn } from './jazzcash-stand-in.ts';

// A process of its own, which outlives a server that is killed: `node jazzcash-stand-in-process.ts '<options as JSON>'`
// writes its address as the first line, and is then told what to do by POST /__control.
const { url } = await startJazzCashStandIn(JSON.parse(process.argv[2] ?? '{}'));
process.stdout.write(`${url}\n`);
