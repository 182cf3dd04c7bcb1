import { isReference } from './reference.ts';

const PATH_PATTERN = /^\/easypay-service\/rest\/v1\/order-status\/[A-Za-z0-9]{1,40}\/([A-Za-z0-9]{1,20})$/;

/**
 * The order's number in the address that an IPN names; null where the address is not of EasyPaisa's form. Nobody signs an
 * IPN, and the address is never fetched: whoever can send one would say where this server connects to.
 */
export function referenceInIpn(url: string, baseUrl: string): string | null {
  const text = url.trim();
  if (!URL.canParse(text)) return null;
  const { href, origin, pathname } = new URL(text);
  // Only what is written as it is read: no name or port hidden in it, no dots, no second spelling.
  if (href !== text || href !== origin + pathname || origin !== new URL(baseUrl).origin) return null;
  const [, reference = ''] = PATH_PATTERN.exec(pathname) ?? [];
  return isReference(reference) ? reference : null;
}
