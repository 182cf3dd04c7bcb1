import { isIPv6 } from 'node:net';

const IPV4 = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})(?::\d+)?$/i;
const BRACKETED = /^\[([^\]]+)\](?::\d+)?$/;

/**
 * Whom an address stands for where callers are counted: itself with IPv4, its /64 with IPv6, of which one subscriber has
 * all addresses (https://www.rfc-editor.org/rfc/rfc6177). Ports that a proxy has added do not count. What is no address is
 * answered as it is.
 */
export function networkOf(address: string): string {
  const ipv4 = IPV4.exec(address)?.[1];
  if (ipv4) return ipv4;
  const [ipv6 = ''] = (BRACKETED.exec(address)?.[1] ?? address).split('%', 1);
  if (!isIPv6(ipv6)) return address;
  const groups = groupsOf(ipv6);
  const isMapped = groups.slice(0, 5).every(group => group === '0') && groups[5] === 'ffff';
  return isMapped ? mappedIpv4(groups) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** All eight, in their shortest form. */
function groupsOf(ipv6: string): string[] {
  // The shortest form of the whole (RFC 5952), with an IPv4 part in hexadecimal.
  const shortest = new URL(`http://[${ipv6}]`).hostname.slice(1, -1);
  const [head = '', tail = ''] = shortest.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}

const mappedIpv4 = (groups: readonly string[]): string =>
  groups
    .slice(6)
    .map(group => Number.parseInt(group, 16))
    .flatMap(number => [number >> 8, number & 0xff])
    .join('.');
