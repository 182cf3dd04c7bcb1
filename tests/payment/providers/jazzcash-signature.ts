import { execFile } from 'node:child_process';

/**
 * JazzCash's hash as its HMAC document tells it, by the openssl command and by no line of the adapter's: the values of all
 * fields named pp…, in the order of the names' bytes, behind the salt.
 */
export function signatureByOpenssl(fields: Readonly<Record<string, string>>, salt: string): Promise<string> {
  const parts = [salt];
  for (const name of Object.keys(fields).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
    if (name.slice(0, 2).toLowerCase() === 'pp' && name !== 'pp_SecureHash' && fields[name]) parts.push(fields[name]);
  return new Promise((resolve, reject) => {
    const key = `hexkey:${Buffer.from(salt).toString('hex')}`;
    const child = execFile('openssl', ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', key, '-r'], (error, stdout) =>
      error ? reject(error) : resolve(stdout.slice(0, 64).toUpperCase()),
    );
    child.stdin?.end(parts.join('&'));
  });
}
