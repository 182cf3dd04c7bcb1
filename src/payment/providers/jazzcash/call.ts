import { RefusedError, UnknownOutcomeError } from '../provider.ts';
import { checkMessage, type Fields } from './messages.ts';
import { fieldsOfJson, type GivenFields } from './raw-fields.ts';
import { outcomeOf } from './response-codes.ts';
import { secureHash } from './secure-hash.ts';
import type { JazzCashSettings } from './settings.ts';

/** JazzCash's firewall leaves the default names of HTTP libraries without an answer. */
const USER_AGENT = 'Duely/1.0';
/** Answers have a kilobyte or two. */
const ANSWER_MAX_BYTES = 65_536;

const CALLS = {
  WALLET: { url: 'wallet', timeout: 'wallet', what: 'the payment by a mobile account' },
  INQUIRY: { url: 'inquiry', timeout: 'others', what: 'the inquiry' },
  REFUND: { url: 'refund', timeout: 'others', what: 'the refund' },
} as const;

/** The fields with their hash: what is sent. Fields that are not used are sent empty. */
export const signed = (
  fields: Readonly<Record<string, string>>,
  settings: JazzCashSettings,
): Record<string, string> => ({
  ...fields,
  pp_SecureHash: secureHash(fields, settings),
});

/**
 * JazzCash's answer, checked. Throws an UnknownOutcomeError where there is none, or one that is not certainly JazzCash's,
 * and a RefusedError where JazzCash does not take this server for the merchant.
 */
export async function callJazzCash(
  type: keyof typeof CALLS,
  fields: Readonly<Record<string, string>>,
  settings: JazzCashSettings,
): Promise<Fields> {
  const { url, timeout, what } = CALLS[type];
  const given = await post(settings.urls[url], signed(fields, settings), settings.timeoutsMs[timeout], what);
  refuseWhereUnsigned(given, what);
  const answer = checkMessage(type, given, settings);
  if ('fault' in answer)
    throw new UnknownOutcomeError(`JazzCash's answer to ${what} cannot be trusted: ${answer.fault}`);
  return answer;
}

/** Whom JazzCash does not know as a merchant, it signs nothing for. */
function refuseWhereUnsigned({ pp_SecureHash: hash, pp_ResponseCode: code = '' }: GivenFields, what: string): void {
  if (!hash && outcomeOf(code) === 'MISCONFIGURED') throw refused(code, what);
}

export const refused = (code: string, what: string): RefusedError =>
  new RefusedError(
    `JazzCash refused ${what} with code ${code}: look at JAZZCASH_MERCHANT_ID, JAZZCASH_PASSWORD, JAZZCASH_INTEGRITY_SALT and the address registered for returns.`,
    code,
  );

async function post(url: string, body: Record<string, string>, timeoutMs: number, what: string): Promise<GivenFields> {
  const { status, text } = await exchange(url, body, timeoutMs).catch((cause: unknown) => {
    throw new UnknownOutcomeError(`JazzCash did not answer ${what}.`, { cause });
  });
  // The firewall refuses by a page with status 200.
  const fields = status < 500 ? fieldsOfJson(text) : null;
  if (!fields)
    throw new UnknownOutcomeError(`JazzCash answered ${what} with status ${status} and nothing of the protocol.`);
  return fields;
}

async function exchange(url: string, body: Record<string, string>, timeoutMs: number) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': USER_AGENT },
    body: JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > ANSWER_MAX_BYTES) throw new Error(`The answer has more than ${ANSWER_MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return { status: response.status, text: new TextDecoder().decode(Buffer.concat(chunks)) };
}
