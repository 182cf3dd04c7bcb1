import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDetails, loadRow } from '../load/load-report.ts';
import { measureSteadyLoad } from '../load/steady-load.ts';
import { measureBurst } from './burst.ts';
import { contendersOn } from './contenders.ts';
import { startDatabase } from './database.ts';
import { measureLatency } from './latency.ts';
import {
  burstDetails,
  burstRow,
  type Detail,
  latencyDetails,
  latencyRow,
  liveDetailTable,
  socketDetails,
  socketRow,
} from './live-report.ts';
import type { Measure } from './load.ts';
import { leaveServerCore, needFiles, pinning } from './machine.ts';
import { installPeers } from './peers.ts';
import { alike, detailTable, faster, type Row, resultTable, slower, within } from './report.ts';
import { compare, type Pace } from './rounds.ts';
import { measureSockets } from './sockets.ts';
import { setStage } from './stage.ts';
import { measureStarts } from './startup.ts';
import { measureTiming } from './timing.ts';

/** Prints what Duely does beside its limit and its peers, measured in one run: read the ratios, not the numbers. */
const { values: options } = parseArgs({
  options: {
    /** Fewer and shorter rounds, a hundred thousand todos instead of a million, two thousand sockets instead of five. */
    quick: { type: 'boolean', default: false },
    /** Only these works, with commas between. */
    only: { type: 'string', default: 'start,list,typename,create,size,sockets,latency,burst,timing' },
    /** How long the steady load takes, which is measured only where `--only load` asks for it. */
    minutes: { type: 'string', default: '10' },
    /** How many todos the owner of many has. */
    todos: { type: 'string' },
    /** A folder for a CPU profile of Duely. */
    profile: { type: 'string' },
  },
});
const pace: Pace = options.quick
  ? { rounds: 3, roundSeconds: 1, warmUpSeconds: 5 }
  : { rounds: 7, roundSeconds: 2, warmUpSeconds: 10 };
const live = options.quick
  ? { sockets: 2_000, rounds: 1, latencySeconds: 5, changes: 2_000 }
  : { sockets: 5_000, rounds: 3, latencySeconds: 20, changes: 10_000 };
const many = Number(options.todos ?? (options.quick ? 100_000 : 1_000_000));
const only = new Set(options.only.split(','));
const flags = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(options.profile)}`] : [];
const REQUESTS = ['list', 'typename', 'create', 'size'];
const LIVE = ['sockets', 'latency', 'burst'];
const TIMED_CALLS = 200;
const FIRST_20 = 'the viewer’s first 20 todos with their owner';
const CREATE = 'createTodo with its feed row';

const rows: Row[] = [];
const details: Record<string, Measure> = {};
const liveDetails: Detail[] = [];
const tell = (what: string) => console.error(`${(performance.now() / 1000).toFixed(0).padStart(4)} s  ${what}`);

async function measure<Name extends string>(
  work: string,
  contenders: Parameters<typeof compare<Name>>[0],
  judge: (measures: Record<Name, Measure>) => Row[],
): Promise<void> {
  if (!only.has(work)) return;
  tell(work);
  const measures = await compare(contenders, pace);
  for (const [side, taken] of Object.entries<Measure>(measures)) details[`${work}: ${side}`] = taken;
  rows.push(...judge(measures));
}

async function measureRequests(): Promise<void> {
  if (!REQUESTS.some(work => only.has(work))) return;
  installPeers();
  tell(`setting up: four servers, ${many.toLocaleString('en')} todos`);
  await using stage = await setStage({ many, flags });
  const { list, typename, create, size } = contendersOn(stage);
  await measure('list', list, ({ duely, limit, postgraphile }) => [
    faster(FIRST_20, 'node:http and one prepared `pg` query', duely, limit, 0.5),
    faster(FIRST_20, 'PostGraphile 5, JWT and row-level security', duely, postgraphile, 2),
  ]);
  await measure('typename', typename, ({ duely, yoga }) => [
    faster('`{ __typename }`', 'stock graphql-yoga', duely, yoga, 0.8),
  ]);
  await measure('create', create, ({ duely, limit, postgraphile }) => [
    faster(CREATE, 'the same statements by `pg` in one transaction', duely, limit, 0.5),
    faster(CREATE, 'PostGraphile 5’s create mutation, no feed', duely, postgraphile, 1),
  ]);
  await measure('size', size, measures => [
    slower(`first 20 of ${many.toLocaleString('en')} todos`, 'first 20 of 2,000', measures.many, measures.few, 1.2),
  ]);
}

async function measureStart(): Promise<void> {
  if (!only.has('start')) return;
  tell('start');
  const { empty, later } = await measureStarts(options.quick ? 3 : 5);
  rows.push(
    within('start to first answer, empty folder', 'embedded database', empty, 3),
    within('start to first answer, later', 'embedded database', later, 1.5),
  );
}

async function measureLive(): Promise<void> {
  if (!LIVE.some(work => only.has(work))) return;
  tell('setting up: a database for live updates');
  await using database = await startDatabase();
  const { sockets, rounds, changes } = live;
  if (only.has('sockets')) {
    tell(`sockets: ${sockets.toLocaleString('en')}`);
    needFiles(sockets);
    const costs = await measureSockets(database, { sockets, rounds });
    rows.push(socketRow(sockets, costs));
    liveDetails.push(...socketDetails(costs));
  }
  if (only.has('latency')) {
    tell('latency');
    const load = { people: 1_000, perSecond: 200 };
    const latency = await measureLatency(database, { ...load, seconds: live.latencySeconds, flags });
    rows.push(latencyRow(load, latency));
    liveDetails.push(...latencyDetails(latency));
  }
  if (only.has('burst')) {
    tell(`burst: ${changes.toLocaleString('en')} changes`);
    const burst = { sockets: 10, changes };
    const seconds = await measureBurst(database, { ...burst, rounds, flags });
    rows.push(burstRow(burst, seconds));
    liveDetails.push(...burstDetails(burst, seconds));
  }
}

async function measureTimes(): Promise<void> {
  if (!only.has('timing')) return;
  tell('timing');
  await using database = await startDatabase();
  const { logIn, reset } = await measureTiming(database, TIMED_CALLS);
  rows.push(
    alike('logIn with a wrong password, an account', [logIn.known, logIn.unknown], 1.05),
    alike('requestPasswordReset, an account', [reset.known, reset.unknown], 1.05),
  );
}

async function measureLoad(): Promise<void> {
  if (!only.has('load')) return;
  const load = { minutes: Number(options.minutes), sockets: 500, rate: { share: 0.8 } };
  tell(`load: a minute to find what can be done, then ${load.minutes} minutes at 80 % of it`);
  await using database = await startDatabase();
  needFiles(load.sockets);
  const result = await measureSteadyLoad(database, load);
  rows.push(loadRow(load, result));
  liveDetails.push(...loadDetails(result));
}

await measureStart();
leaveServerCore();
await measureRequests();
await measureLive();
await measureTimes();
await measureLoad();
tell('done');
const tables = [
  resultTable(rows),
  `Node ${process.versions.node}; ${pinning}.`,
  ...(Object.keys(details).length > 0 ? [detailTable(details)] : []),
  ...(liveDetails.length > 0 ? [liveDetailTable(liveDetails)] : []),
];
console.log(tables.join('\n\n'));
