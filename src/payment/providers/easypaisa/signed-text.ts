import { type KeyObject, sign, verify } from 'node:crypto';

const HASH = 'RSA-SHA256';

/** What is sent to EasyPaisa's REST v5: exactly the text of `request` is signed, by RSA with PKCS #1 v1.5 and SHA-256. */
export function signedRequest(request: object, privateKey: KeyObject): string {
  const text = JSON.stringify(request);
  const signature = sign(HASH, Buffer.from(text), privateKey).toString('base64');
  return `{"request":${text},"signature":"${signature}"}`;
}

/** `response` of an answer of v5, with whether it is EasyPaisa's; null where it is no such answer. */
export function signedResponse(
  answer: string,
  publicKey: KeyObject,
): { readonly text: string; readonly isSigned: boolean; readonly isProven: boolean } | null {
  const text = memberText(answer, 'response');
  if (text === null) return null;
  const signature = stringOf(memberText(answer, 'signature'));
  return {
    text,
    isSigned: signature !== null && signature !== '',
    isProven: signature !== null && verify(HASH, Buffer.from(text), publicKey, Buffer.from(signature, 'base64')),
  };
}

const TOKEN_PATTERN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/**
 * The text of a member's value as it stands in a JSON object: `10.0` would not survive being parsed and written again, and
 * it is the text that was signed. Null where the text is no JSON object, or has not exactly one such member.
 */
export function memberText(json: string, name: string): string | null {
  if (!isObject(json)) return null;
  const found: string[] = [];
  let [depth, key, start, end, previous] = [0, '', -1, 0, ''];
  for (const { 0: token, index } of json.matchAll(TOKEN_PATTERN)) {
    if (depth === 1 && (token === ',' || token === '}')) {
      if (start !== -1 && key === name) found.push(json.slice(start, end));
      start = -1;
    } else if (depth === 1 && previous === ':') start = index;
    else if (depth === 1 && token !== ':') key = stringOf(token) ?? '';
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    end = index + token.length;
    previous = token;
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isObject(json: string): boolean {
  try {
    return typeof JSON.parse(json) === 'object' && /^\s*\{/.test(json);
  } catch {
    return false;
  }
}

function stringOf(token: string | null): string | null {
  return token?.startsWith('"') ? JSON.parse(token) : null;
}
