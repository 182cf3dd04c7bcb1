import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StripeAccount } from './account.ts';
import { required } from './objects.ts';

/** What the payer sees: three buttons, and afterwards the way back. */
export function checkoutPage(
  account: StripeAccount,
  request: IncomingMessage,
  response: ServerResponse,
  target: URL,
  body: string,
): void {
  const session = required(account.sessions, target.pathname.replace('/checkout/', ''), 'checkout.session');
  if (request.method !== 'POST') {
    const button = (outcome: string) => `<button name="outcome" value="${outcome}">${outcome}</button>`;
    const buttons = ['pay', 'decline', 'later', 'leave'].map(button).join(' ');
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<!doctype html><title>Checkout</title><form method="post">${buttons}</form>`);
    return;
  }
  const outcome = new URLSearchParams(body).get('outcome');
  if (outcome === 'pay') account.pay(session.id);
  if (outcome === 'later') account.payLater(session.id);
  if (outcome === 'decline') account.decline(session.id);
  const location =
    outcome === 'decline' ? target.pathname : outcome === 'leave' ? session.cancel_url : session.success_url;
  response.writeHead(303, { Location: location }).end();
}
