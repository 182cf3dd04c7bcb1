import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the openssl command writes. */
export function openssl(args: readonly string[], input: string | Buffer = ''): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile('openssl', args, { encoding: 'buffer' }, (error, stdout) =>
      error ? reject(error) : resolve(stdout),
    );
    // One that ends before it has read all says so by its status.
    child.stdin?.on('error', () => {}).end(input);
  });
}

const cipherArgs = (key: string) => [`-aes-${Buffer.byteLength(key) * 8}-ecb`, '-K', Buffer.from(key).toString('hex')];

/** merchantHashedReq as Easypay's guide tells it, by the openssl command and by no line of the adapter's. */
export async function hashByOpenssl(fields: Readonly<Record<string, string>>, key: string): Promise<string> {
  const names = Object.keys(fields).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const parts: string[] = [];
  for (const name of names) if (name !== 'merchantHashedReq' && fields[name]) parts.push(`${name}=${fields[name]}`);
  return (await openssl(['enc', ...cipherArgs(key), '-base64', '-A'], parts.join('&'))).toString();
}

export const decryptByOpenssl = async (hash: string, key: string): Promise<string> =>
  (await openssl(['enc', '-d', ...cipherArgs(key), '-base64', '-A'], hash)).toString();

export interface KeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

export async function makeKeyPair(): Promise<KeyPair> {
  const privateKey = await openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']);
  const publicKey = await openssl(['pkey', '-pubout'], privateKey);
  return { privateKey: privateKey.toString(), publicKey: publicKey.toString() };
}

export const signByOpenssl = (text: string, privateKey: string): Promise<string> =>
  withFiles({ key: privateKey }, async ({ key = '' }) =>
    (await openssl(['dgst', '-sha256', '-sign', key], text)).toString('base64'),
  );

export const verifyByOpenssl = (text: string, signature: string, publicKey: string): Promise<boolean> =>
  withFiles({ key: publicKey, signature: Buffer.from(signature, 'base64') }, ({ key = '', signature: file = '' }) =>
    openssl(['dgst', '-sha256', '-verify', key, '-signature', file], text).then(
      () => true,
      () => false,
    ),
  );

/** Keys and signatures are only taken from files. */
async function withFiles<Result>(
  contents: Readonly<Record<string, string | Buffer>>,
  use: (paths: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'easypaisa-'));
  try {
    const paths = Object.fromEntries(Object.keys(contents).map(name => [name, join(folder, name)]));
    for (const [name, path] of Object.entries(paths)) await writeFile(path, contents[name] ?? '', { mode: 0o600 });
    return await use(paths);
  } finally {
    await rm(folder, { recursive: true });
  }
}
