import type { RedisClientType } from 'redis';
import { explainFault } from '../connection.ts';
import type { Check, Finding } from './check.ts';
import { clockFindings } from './clock-skew.ts';
import { isRemote } from './installation.ts';

const CONNECT_MS = 4_000;
const OLDEST_MAJOR = 6;

/** Throws where it cannot be opened. */
async function withRedis<Result>(url: string, work: (client: RedisClientType) => Promise<Result>): Promise<Result> {
  const { createClient } = await import('redis');
  const client: RedisClientType = createClient({
    url,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { connectTimeout: CONNECT_MS, socketTimeout: CONNECT_MS, reconnectStrategy: false },
  });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.destroy();
  }
}

const reachable: Check = {
  id: 'redis.reachable',
  ok: 'Redis answers.',
  look: async ({ settings: { REDIS_URL: url } }) => {
    if (!url) return null;
    try {
      await withRedis(url, client => client.ping());
      return [];
    } catch (error) {
      return [
        {
          severity: 'stop',
          what: `Redis at ${new URL(url).host} cannot be used: ${explainFault(error)}.`,
          why: 'Each process would count calls alone, so that limits let through as many times more as there are processes, and wake-ups would go by the database.',
          mend: 'Start it, put REDIS_URL right, or leave REDIS_URL empty: then the database counts',
        },
      ];
    }
  },
};

const memory: Check = {
  id: 'redis.memory',
  ok: 'Redis is of a version that is mended, and forgets no counts.',
  look: async ({ settings: { REDIS_URL: url } }) => {
    if (!url) return null;
    const info = await withRedis(url, client => client.info()).catch(() => null);
    if (info === null) return null;
    const line = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim();
    const findings: Finding[] = [];
    // Valkey tells the version of Redis that it is like.
    const version = line('redis_version') ?? '';
    if (Number.parseInt(version, 10) < OLDEST_MAJOR)
      findings.push({
        severity: 'stop',
        what: `Redis ${version} is too old.`,
        why: 'It is not mended any more, and lacks what the client needs.',
        mend: `Redis ${OLDEST_MAJOR} or newer, or Valkey`,
      });
    const policy = line('maxmemory_policy');
    const hasLimit = Number(line('maxmemory') ?? 0) > 0;
    if (hasLimit && policy !== undefined && policy !== 'noeviction')
      findings.push({
        severity: 'warn',
        what: `Redis throws away what it likes when it is full (maxmemory-policy ${policy}).`,
        why: 'Failures to log in are forgotten with it: whoever fills Redis may guess on.',
        mend: 'maxmemory-policy noeviction, in a Redis of its own',
      });
    return findings;
  },
};

const tls: Check = {
  id: 'redis.tls',
  ok: 'The way to Redis is protected, or within this machine.',
  look: ({ settings: { REDIS_URL: url } }) => {
    if (!url) return null;
    if (!isRemote(url) || url.startsWith('rediss:')) return [];
    return [
      {
        severity: 'warn',
        what: 'REDIS_URL leads to another machine without TLS.',
        why: 'Whoever is on the way reads the password and can set counts back.',
        mend: 'REDIS_URL=rediss://…',
      },
    ];
  },
};

const clock: Check = {
  id: 'redis.clock',
  ok: 'The clocks here and in Redis agree.',
  look: async ({ settings: { REDIS_URL: url }, now }) => {
    if (!url) return null;
    return withRedis(url, async client => {
      const asked = now();
      const [seconds = '0', microseconds = '0'] = await client.sendCommand<string[]>(['TIME']);
      return clockFindings('Redis', Number(seconds) * 1000 + Number(microseconds) / 1000, asked, now());
    }).catch(() => null);
  },
};

export const redisChecks: readonly Check[] = [reachable, memory, tls, clock];
