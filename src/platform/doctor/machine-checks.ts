import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Check, Finding } from './check.ts';
import type { Installation } from './installation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MB = 2 ** 20;

const node: Check = {
  id: 'machine.node',
  ok: 'Node is of a version that Duely runs on.',
  look: ({ nodeVersion }) => {
    const { engines } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    const wanted = Number(/\d+/.exec(engines.node)?.[0]);
    if (Number.parseInt(nodeVersion.replace('v', ''), 10) >= wanted) return [];
    return [
      {
        severity: 'stop',
        what: `This is Node ${nodeVersion}, and Duely runs on ${engines.node}.`,
        why: 'What it uses is not there.',
        mend: 'npm start, which uses the Node that comes with the packages; or a newer Node',
      },
    ];
  },
};

const disk: Check = {
  id: 'machine.disk',
  ok: 'There is room on the disk.',
  look: async installation => {
    const { database, settings } = installation;
    const open = await database.open();
    // Where it runs on this machine, and the account may know where.
    const place = open?.isEmbedded
      ? null
      : await open
          ?.rows<{ folder: string }>(`select current_setting('data_directory') as folder`)
          .then(([row]) => (row && existsSync(row.folder) ? row.folder : null))
          .catch(() => null);
    const folders = [
      // In production nothing is kept there where the database is another's.
      ...(!open || open.isEmbedded ? [['DATA_DIR', resolve(settings.DATA_DIR)] as const] : []),
      ...(place ? [['the database', place] as const] : []),
    ];
    if (folders.length === 0) return null;
    return (await Promise.all(folders.map(([whose, folder]) => diskFindings(whose, folder, installation)))).flat();
  },
};

async function diskFindings(whose: string, folder: string, { statfs }: Installation): Promise<Finding[]> {
  let path = folder;
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  const { bsize, bavail, blocks } = await statfs(path);
  const free = Number(bsize) * Number(bavail);
  const share = Number(bavail) / Number(blocks);
  if (free >= 500 * MB && share >= 0.05) return [];
  return [
    {
      severity: free < 100 * MB ? 'stop' : 'warn',
      subject: whose,
      what: `The disk of ${whose} has ${Math.floor(free / MB)} MB left, ${Math.floor(share * 100)} %.`,
      why: 'On a full disk PostgreSQL stops.',
      mend: 'Make room, or give it a larger disk.',
    },
  ];
}

const AUDIT_TIMEOUT_MS = 15_000;

interface Audit {
  readonly metadata?: { readonly vulnerabilities?: Readonly<Record<string, number>> };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly fixAvailable?: unknown }>>;
}

const audit: Check = {
  id: 'machine.audit',
  ok: 'The registry knows of no vulnerability in what is installed for production.',
  timeoutMs: AUDIT_TIMEOUT_MS + 5_000,
  look: async () => {
    const text = await npmAudit();
    const report = text === null ? null : readReport(text);
    const counts = report?.metadata?.vulnerabilities;
    if (!report || !counts)
      return [
        {
          severity: 'info',
          what: 'The registry could not be asked for known vulnerabilities.',
          why: 'Whether what is installed has any is not known.',
          mend: 'npm audit --omit=dev, from where the registry can be reached',
        },
      ];
    return Object.entries(report.vulnerabilities ?? {}).map(([name, { severity }]) => ({
      severity: severity === 'critical' || severity === 'high' ? 'stop' : severity === 'moderate' ? 'warn' : 'info',
      subject: name,
      what: `${name} has a known vulnerability (${severity}).`,
      why: 'How it is used is written down for everybody.',
      mend: 'npm audit fix --omit=dev, then npm test',
    }));
  },
};

/** What npm printed, also where it found something and ends with 1; null where it could not be run, or not in time. */
function npmAudit(): Promise<string | null> {
  const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', `--fetch-timeout=${AUDIT_TIMEOUT_MS - 5_000}`];
  return new Promise(resolvePromise => {
    execFile('npm', args, { cwd: ROOT, timeout: AUDIT_TIMEOUT_MS, maxBuffer: 16 * MB }, (_error, stdout) =>
      resolvePromise(stdout === '' ? null : stdout),
    );
  });
}

function readReport(text: string): Audit | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const machineChecks: readonly Check[] = [node, disk, audit];
