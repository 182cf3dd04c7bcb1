import { createHash } from 'node:crypto';
import type { Handled, HttpAnswer, ProviderMessage, ProviderRoute, Reading } from '../provider.ts';
import { signed } from './call.ts';
import { checkMessage } from './messages.ts';
import { fieldsOfForm, fieldsOfJson } from './raw-fields.ts';
import { outcomeOf } from './response-codes.ts';
import { IPN_PATH, type JazzCashSettings, RETURN_PATH } from './settings.ts';
import { factsOf } from './verdicts.ts';

const IPN_TYPE = 'ipn';

export const jazzCashRoutes = (settings: JazzCashSettings): readonly ProviderRoute[] => [
  { method: 'POST', path: IPN_PATH, handle: ({ body }) => handleIpn(body, settings) },
  { method: 'POST', path: RETURN_PATH, handle: ({ body }) => handleReturn(body, settings) },
];

/** JazzCash's own message that a payment is over. It is sent three times at most, until it is acknowledged. */
function handleIpn(body: Buffer, settings: JazzCashSettings): Handled {
  const given = fieldsOfJson(body.toString('utf8'));
  const fields = given ? checkMessage('IPN', given, settings) : { fault: 'It is no object of texts.' };
  if ('fault' in fields) return { kind: 'REFUSED', reason: `IPN: ${fields.fault}`, answer: REFUSAL };
  const { pp_Password: _, ...rest } = fields;
  const { pp_TxnRefNo: reference = '', pp_ResponseCode: code = '' } = fields;
  const key = createHash('sha256')
    .update(JSON.stringify(Object.entries(rest).sort()))
    .digest('hex');
  return {
    kind: 'MESSAGE',
    message: { key, type: IPN_TYPE, payload: { reference, code } },
    // Acknowledged also where there is no such payment: sent again it would be none the more.
    answer: json(200, signed({ pp_ResponseCode: '000', pp_ResponseMessage: 'IPN received successfully' }, settings)),
  };
}

/** Signed by nobody: an answer that anybody can ask for must be worth nothing. */
const REFUSAL = json(400, { pp_ResponseCode: '199', pp_ResponseMessage: 'Invalid message', pp_SecureHash: '' });

/**
 * What an IPN says. It has no amount: of a success it only says that JazzCash has to be asked, which an end without
 * payment does not wait for.
 */
export function readIpn({ payload }: ProviderMessage): Reading {
  if (!isIpnPayload(payload)) return { payment: null, facts: [] };
  const outcome = outcomeOf(payload.code);
  const isEnd = outcome === 'FAILED' || outcome === 'FAULT' || outcome === 'CANCELED' || outcome === 'EXPIRED';
  return {
    payment: { reference: payload.reference },
    facts: isEnd ? factsOf(outcome, IPN_TYPE, payload.code, null) : [],
    ask: true,
  };
}

const isIpnPayload = (payload: unknown): payload is { readonly reference: string; readonly code: string } =>
  typeof payload === 'object' &&
  payload !== null &&
  'reference' in payload &&
  typeof payload.reference === 'string' &&
  'code' in payload &&
  typeof payload.code === 'string';

/** The payer's browser is back. Whatever it says of the payment, JazzCash is asked. */
function handleReturn(body: Buffer, settings: JazzCashSettings): Handled {
  const given = fieldsOfForm(body);
  const fields = given ? checkMessage('RETURN', given, settings) : { fault: 'A field is there twice.' };
  if ('fault' in fields) return { kind: 'REFUSED', reason: `Return: ${fields.fault}`, answer: STRANDED };
  return { kind: 'RETURN', payment: { reference: fields.pp_TxnRefNo ?? null } };
}

/** Somebody who has paid may read it. */
const STRANDED: HttpAnswer = {
  status: 400,
  contentType: 'text/html; charset=utf-8',
  body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Payment</title>
<p>This is not an answer of JazzCash's that we can read. If you have paid, nothing is lost: JazzCash tells us by itself.
Go back to the shop and look at your order; please do not pay again.</p>
</html>
`,
};

function json(status: number, value: unknown): HttpAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
