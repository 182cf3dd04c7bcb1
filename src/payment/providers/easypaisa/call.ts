import { type Exchanged, postJson } from '../exchange.ts';
import { RefusedError, UnknownOutcomeError } from '../provider.ts';
import { outcomeOf } from './response-codes.ts';
import type { EasyPaisaSettings } from './settings.ts';
import { signedRequest, signedResponse } from './signed-text.ts';

/** An answer's texts and numbers, each as its text; what is neither is left out. */
export type AnswerFields = Readonly<Record<string, string>>;

const CALLS = { wallet: 'the payment by a mobile account', inquiry: 'the inquiry' } as const;
export type CallName = keyof typeof CALLS;

/**
 * EasyPaisa's answer, whatever its code. Throws an UnknownOutcomeError where there is none, or one that is not certainly
 * EasyPaisa's, and a RefusedError where EasyPaisa did nothing because of the settings.
 */
export async function callEasyPaisa(
  name: CallName,
  request: object,
  settings: EasyPaisaSettings,
): Promise<AnswerFields> {
  const { urls, keys, timeoutsMs, username, password } = settings;
  const what = CALLS[name];
  const body = keys ? signedRequest(request, keys.privateKey) : JSON.stringify(request);
  const exchanged = await postJson(urls[name], body, timeoutsMs[name], {
    Credentials: credentials(username, password),
  }).catch((cause: unknown) => {
    throw new UnknownOutcomeError(`EasyPaisa did not answer ${what}.`, { cause });
  });
  const answer = fieldsOf(exchanged, settings, what);
  const { responseCode: code = '' } = answer;
  if (outcomeOf(code) === 'MISCONFIGURED')
    throw new RefusedError(
      `EasyPaisa refused ${what} with code ${code}: look at the settings EASYPAISA_… and at the merchant's account.`,
      code,
    );
  return answer;
}

/** What the header Credentials says: Base64 without the name of a scheme before it. */
export const credentials = (username: string, password: string): string =>
  Buffer.from(`${username}:${password}`).toString('base64');

/** Read by its content: EasyPaisa calls its JSON text/html, and its firewall's pages come with status 200. */
function fieldsOf({ status, text }: Exchanged, { keys }: EasyPaisaSettings, what: string): AnswerFields {
  const unfit = (why: string) =>
    new UnknownOutcomeError(`EasyPaisa answered ${what} with status ${status} and ${why}.`);
  const said = keys ? signedResponse(text, keys.publicKey) : { text, isSigned: false, isProven: true };
  const fields = said && objectOf(said.text);
  if (!fields) throw unfit('nothing of the protocol');
  // Whom EasyPaisa does not know as a merchant, it signs nothing for.
  if (status < 500 && !said.isSigned && outcomeOf(fields.responseCode ?? '') === 'MISCONFIGURED') return fields;
  if (status !== 200) throw unfit('no verdict');
  if (!said.isProven) throw unfit('a signature that is not of EASYPAISA_PUBLIC_KEY');
  return fields;
}

function objectOf(text: string): AnswerFields | null {
  const value = parse(text);
  if (typeof value !== 'object' || value === null || !('responseCode' in value)) return null;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]: [string, unknown]) =>
      typeof field === 'string' || typeof field === 'number' ? [[name, String(field)]] : [],
    ),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
