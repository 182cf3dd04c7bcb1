import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { examine } from '../../src/cli/doctor-command.ts';
import type { Told } from '../../src/platform/doctor/check.ts';
import type { Installation } from '../../src/platform/doctor/installation.ts';

export type Settings = Readonly<Record<string, string>>;

/** Settings in which nothing is wrong; the database and what else is a server stands nowhere. */
export const SOUND: Settings = {
  NODE_ENV: 'production',
  DATA_DIR: join(tmpdir(), 'duely-doctor-nowhere'),
  DATABASE_URL: `postgres://duely_server:${randomBytes(12).toString('hex')}@127.0.0.1:1/duely`,
  JWT_SECRETS: randomBytes(32).toString('hex'),
  PUBLIC_URL: 'https://api.acme-shop.pk',
  APP_URL: 'https://app.acme-shop.pk',
  ALLOWED_ORIGINS: 'https://app.acme-shop.pk',
  TRUST_PROXY: '1',
  METRICS_PORT: '9464',
  SMTP_URL: `smtps://mailer:${randomBytes(12).toString('hex')}@127.0.0.1:1`,
  MAIL_FROM: 'Acme <no-reply@acme-shop.pk>',
  STRIPE_SECRET_KEY: `rk_live_${randomBytes(12).toString('hex')}`,
  STRIPE_WEBHOOK_SECRETS: `whsec_${randomBytes(12).toString('hex')}`,
  JAZZCASH_MERCHANT_ID: 'MC84713',
  JAZZCASH_PASSWORD: randomBytes(6).toString('hex'),
  JAZZCASH_INTEGRITY_SALT: randomBytes(8).toString('hex'),
  JAZZCASH_BASE_URL: 'https://payments.jazzcash.com.pk',
  EASYPAISA_STORE_ID: '71823',
  EASYPAISA_HASH_KEY: randomBytes(8).toString('hex'),
  EASYPAISA_USERNAME: 'acme-shop',
  EASYPAISA_PASSWORD: randomBytes(8).toString('hex'),
  EASYPAISA_ACCOUNT_NUMBER: '30512847',
  EASYPAISA_BASE_URL: 'https://easypay.easypaisa.com.pk',
};

/** What this check says of these settings. */
export const ask = (check: string, settings: Settings, world: Partial<Installation> = {}): Promise<Told[]> =>
  examine(settings, { only: [check], world });

/** Only how bad it is and what it is about: `ok` alone where nothing is wrong. */
export const brief = (told: readonly Told[]): string[] =>
  told.map(({ severity, subject }) => (subject === null ? severity : `${severity} ${subject}`));

export async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'duely-doctor-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

export interface Changes {
  /** Of the first thing that a client sends. */
  readonly greeting?: (bytes: Buffer) => Buffer;
  /** Of each message of the server, by its kind; null takes it away. */
  readonly answer?: (kind: string, message: Buffer) => Buffer | null;
}

/** A way to PostgreSQL that changes what passes, as a pooler does. */
export async function startChangingProxy(target: string, { greeting, answer }: Changes): Promise<string> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(Number(port), hostname);
    let isFirst = true;
    let rest = Buffer.alloc(0);
    near.on('data', (bytes: Buffer) => {
      far.write(isFirst && greeting ? greeting(bytes) : bytes);
      isFirst = false;
    });
    far.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      // A kind of one byte, then a length that counts itself.
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        const end = rest.readUInt32BE(1) + 1;
        const message = rest.subarray(0, end);
        const changed = answer ? answer(String.fromCharCode(message[0] ?? 0), message) : message;
        if (changed) near.write(changed);
        rest = rest.subarray(end);
      }
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return url.href;
}
