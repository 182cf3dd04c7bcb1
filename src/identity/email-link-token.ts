import { createHash, createHmac } from 'node:crypto';
import { isUuid } from '../platform/ids.ts';
import type { EmailLinkKind } from './email-link.entity.ts';

/**
 * The token of a link that is sent by mail names the link, and has 256 bits that are made out of its id, of a seed that
 * the link has in the database, and of a secret that the database has not. So the job that sends the mail needs the link's
 * id alone, and neither a stolen database nor a stolen secret is enough to make a token.
 */
export interface EmailLinkTokenParts {
  readonly kind: EmailLinkKind;
  readonly linkId: string;
}

const PREFIX = 'dlt';

export function makeEmailLinkToken(secret: string, seed: Uint8Array, { kind, linkId }: EmailLinkTokenParts): string {
  const key = createHmac('sha256', secret).update(seed).update(`email link ${kind} ${linkId}`).digest('base64url');
  return `${PREFIX}.${linkId.replaceAll('-', '')}.${key}`;
}

/** The id of the link that the token names, true or not; null where it has not the form of one. */
export function linkIdOf(token: string): string | null {
  const match = /^dlt\.([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})\.[\w-]{43}$/.exec(token);
  const linkId = match?.slice(1, 6).join('-');
  return linkId && isUuid(linkId) ? linkId : null;
}

export const hashEmailLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();
