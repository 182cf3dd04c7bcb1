import { findCheckout, lockCheckout } from './checkouts.ts';
import { type SandboxAnswer, type SandboxParts, type SandboxRequest, seeOther, withFault } from './exchange.ts';
import { checkoutPage, checkoutPath } from './pages/checkout-page.ts';
import { CONTROL_PATH } from './pages/control-parts.ts';
import { messagePage } from './pages/layout.ts';
import { decide, expire, isOpen, PAYER_ACTIONS } from './payer.ts';
import { inTransaction, reading, timeOf } from './tables.ts';

export const CHECKOUT_PREFIX = '/sandbox/checkout/';

/** The payer's page. Whoever knows its address can pay, and nobody can find one. */
export async function answerPayer(parts: SandboxParts, request: SandboxRequest): Promise<SandboxAnswer> {
  const id = request.url.pathname.slice(CHECKOUT_PREFIX.length);
  if (request.method === 'POST')
    return withFault(parts, 'PAGE', () => act(parts, id, new URLSearchParams(request.body)));
  const found = await findCheckout(reading(parts.database), id);
  const checkout =
    found && isOpen(found) && timeOf(found.expires_at) <= parts.clock() ? await overdue(parts, id) : found;
  if (!checkout) return NO_CHECKOUT;
  // The page that waited for the app goes on as soon as there is something to go on to.
  if (request.url.searchParams.has('waiting') && !isOpen(checkout)) return seeOther(checkout.return_url);
  return checkoutPage(checkout);
}

async function act(parts: SandboxParts, id: string, form: URLSearchParams): Promise<SandboxAnswer> {
  const action = PAYER_ACTIONS.find(one => one === form.get('action'));
  if (!action)
    return messagePage(
      400,
      'Nothing was done',
      `The action has to be one of ${PAYER_ACTIONS.join(', ')}.`,
      CONTROL_PATH,
    );
  const checkout = await inTransaction(parts.database, db => decide(db, id, action, parts.clock()));
  if (!checkout) return NO_CHECKOUT;
  // Still open: there is something to see on the page. Otherwise the payer is done here, whichever tab decided it.
  return seeOther(isOpen(checkout) || checkout.status === 'EXPIRED' ? checkoutPath(id) : checkout.return_url);
}

const overdue = (parts: SandboxParts, id: string) =>
  inTransaction(parts.database, async db => {
    const checkout = await lockCheckout(db, id);
    return checkout && expire(db, checkout, parts.clock());
  });

const NO_CHECKOUT = messagePage(
  404,
  'There is no such checkout',
  'The address is wrong, or the data of this server was thrown away since. Start a new payment.',
  CONTROL_PATH,
);
