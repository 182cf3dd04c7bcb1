import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** How old a message may be, and how far ahead its clock. */
const TOLERANCE_SECONDS = 300;

export interface SandboxSecrets {
  /** With which the merchant calls the sandbox. */
  readonly apiKey: string;
  /** With which the sandbox signs its messages. */
  readonly webhookSecret: string;
}

/** Both out of a secret that the server has anyway, so that nothing has to be set. Neither tells it, nor the other one. */
export function sandboxSecrets(secret: string): SandboxSecrets {
  const derive = (use: string) =>
    Buffer.from(hkdfSync('sha256', secret, 'duely sandbox', use, 32)).toString('base64url');
  return { apiKey: derive('api key'), webhookSecret: derive('webhook') };
}

/** `t=<seconds since 1970>,v1=<HMAC-SHA256 in hexadecimal over "<seconds>.<body>">`. */
export function sandboxSignature(secret: string, seconds: number, body: Buffer): string {
  return `t=${seconds},v1=${mac(secret, String(seconds), body).toString('hex')}`;
}

const mac = (secret: string, seconds: string, body: Buffer): Buffer =>
  createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();

const HEADER_PATTERN = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/** Why the message is not to be believed, without any secret; null where it is. */
export function signatureFault(secret: string, header: string | undefined, body: Buffer, now: Date): string | null {
  const [, seconds, signature] = HEADER_PATTERN.exec(header ?? '') ?? [];
  if (seconds === undefined || signature === undefined) return 'The message has no signature that can be read.';
  if (!timingSafeEqual(Buffer.from(signature, 'hex'), mac(secret, seconds, body)))
    return 'The signature does not match the message.';
  const age = now.getTime() / 1000 - Number.parseInt(seconds, 10);
  if (Math.abs(age) <= TOLERANCE_SECONDS) return null;
  return `The message was signed more than ${TOLERANCE_SECONDS} seconds ${age < 0 ? 'ahead' : 'ago'}.`;
}
