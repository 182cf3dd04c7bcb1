import type { Handled, HttpAnswer, ProviderRoute } from '../provider.ts';
import { CONFIRM_SCRIPT, confirmPage, STRANDED } from './confirm-page.ts';
import { referenceInIpn } from './ipn.ts';
import { isReference } from './reference.ts';
import { CONFIRM_SCRIPT_PATH, DONE_PATH, type EasyPaisaSettings, IPN_PATH, RETURN_PATH } from './settings.ts';

export const easyPaisaRoutes = (settings: EasyPaisaSettings): readonly ProviderRoute[] => [
  { method: 'GET', path: IPN_PATH, handle: ({ query }) => handleIpn(query, settings) },
  { method: 'GET', path: RETURN_PATH, handle: ({ query }) => handleToken(query, settings) },
  { method: 'GET', path: CONFIRM_SCRIPT_PATH, handle: () => ({ kind: 'PAGE', answer: CONFIRM_SCRIPT }) },
  { method: 'GET', path: DONE_PATH, handle: ({ query }) => handleDone(query) },
];

/** What is known of it: digits. Nothing that could mean something else in a page. */
const TOKEN_PATTERN = /^[A-Za-z0-9_-]{1,256}$/;

function handleIpn(query: URLSearchParams, { urls }: EasyPaisaSettings): Handled {
  const reference = referenceInIpn(onlyOne(query, 'url') ?? '', urls.inquiry);
  if (reference === null)
    return { kind: 'REFUSED', reason: 'IPN: its url is not of EasyPaisa.', answer: text(400, 'Bad url') };
  return { kind: 'HINT', payment: { reference }, answer: text(200, 'OK') };
}

/** The first way back. A payer who gave up before that comes here too, without a token. */
function handleToken(query: URLSearchParams, { urls, doneUrl }: EasyPaisaSettings): Handled {
  if (!query.has('auth_token')) return handleDone(query);
  const token = onlyOne(query, 'auth_token') ?? '';
  if (!TOKEN_PATTERN.test(token))
    return { kind: 'REFUSED', reason: 'Return: its auth_token is not of EasyPaisa.', answer: STRANDED };
  return { kind: 'PAGE', answer: confirmPage(urls.confirm, token, doneUrl()) };
}

/** The second way back. Nobody signs what it says of the payment, so that only the order's number is read. */
function handleDone(query: URLSearchParams): Handled {
  const reference = onlyOne(query, 'orderRefNumber') ?? onlyOne(query, 'orderRefNum') ?? '';
  return isReference(reference)
    ? { kind: 'RETURN', payment: { reference } }
    : { kind: 'REFUSED', reason: 'Return: it names no order.', answer: STRANDED };
}

function onlyOne(query: URLSearchParams, name: string): string | null {
  const [value = null, ...others] = query.getAll(name);
  return others.length === 0 ? value : null;
}

const text = (status: number, body: string): HttpAnswer => ({ status, contentType: 'text/plain; charset=utf-8', body });
