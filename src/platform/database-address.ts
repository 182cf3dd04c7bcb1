/**
 * With the meaning of sslmode said outright. Of `prefer`, `require` and `verify-ca` pg 8 warns that it takes them for
 * `verify-full`, and that pg 9 will look at no certificate: they stay `verify-full` here. Who wants less says so, with
 * `no-verify` or `uselibpqcompat=true`.
 */
export function withCertainTls(url: string): string {
  if (/[?&]uselibpqcompat=true(?=&|$)/.test(url)) return url;
  return url.replace(/([?&]sslmode=)(prefer|require|verify-ca)(?=&|$)/, '$1verify-full');
}
