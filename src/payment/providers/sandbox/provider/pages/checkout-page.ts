import type { SandboxReply } from '../exchange.ts';
import { isOpen, type PayerAction } from '../payer.ts';
import type { Checkout, CheckoutStatus } from '../tables.ts';
import { type Html, html, money, page, time } from './layout.ts';

export const checkoutPath = (id: string): string => `/sandbox/checkout/${encodeURIComponent(id)}`;

/** What else can become of it, in the order of the page. */
const WAYS: readonly (readonly [action: PayerAction, name: string, hint: string])[] = [
  ['AUTHORISE_IN_APP', 'Authorise in my app', 'This page waits until it is confirmed on the phone.'],
  ['PAY_LATER', 'Pay later', 'As by a bank transfer: the money comes some seconds after you have gone back.'],
  ['INSUFFICIENT_FUNDS', 'Insufficient funds', 'You are told so here, and may try again.'],
  ['DECLINE', 'Decline', 'The bank says no. It is over, and you go back.'],
  ['CANCEL', 'Cancel', 'You change your mind. It is over, and you go back.'],
];

const WAITING_SECONDS = 3;

/** What the payer sees: the choice, the wait for the app, or how it ended. */
export function checkoutPage(checkout: Checkout): SandboxReply {
  const { id, status, amount, currency, description, expires_at: expiresAt } = checkout;
  const sum = money(amount, currency);
  const waiting = status === 'AWAITING_APPROVAL';
  return page({
    title: isOpen(checkout) ? `Pay ${sum}` : OUTCOMES[status].title,
    narrow: true,
    ...(waiting ? { refresh: { seconds: WAITING_SECONDS, url: `${checkoutPath(id)}?waiting` } } : {}),
    content: html`<h1>Sandbox checkout</h1>
${failureNotice(checkout)}
<section class="sheet">
<p class="amount">${sum}</p>
<p>${description}</p>
${isOpen(checkout) && html`<p class="quiet">Can be paid until ${time(expiresAt)}.</p>`}
${waiting ? theWait(checkout) : status === 'OPEN' ? payButton(checkout, sum) : outcome(checkout)}
</section>
${status === 'OPEN' && otherWays(checkout)}
${
  isOpen(checkout) &&
  html`<p class="leave"><a href="${checkout.return_url}">Leave without paying</a></p>
<p class="leave quiet">It stays open: you can come back to this page.</p>`
}`,
  });
}

const failureNotice = ({ status, failure_message: message }: Checkout): Html | null =>
  status === 'OPEN' && message !== null
    ? html`<p class="notice bad" role="alert">${message} Nothing was taken. You can try again.</p>`
    : null;

const form = (id: string, content: Html): Html =>
  html`<form method="post" action="${checkoutPath(id)}" autocomplete="off">${content}</form>`;

const payButton = ({ id }: Checkout, sum: string): Html =>
  form(id, html`<button class="primary" name="action" value="PAY">Pay ${sum}</button>`);

const otherWays = ({ id }: Checkout): Html =>
  html`<section class="sheet" aria-labelledby="ways">
<h2 id="ways">Or try another ending</h2>
${form(
  id,
  html`<ul class="ways">${WAYS.map(
    ([action, name, hint], index) =>
      html`<li><button name="action" value="${action}" aria-describedby="way-${index}">${name}</button><p class="quiet" id="way-${index}">${hint}</p></li>`,
  )}</ul>`,
)}
</section>`;

const theWait = ({ id, masked_phone: phone }: Checkout): Html =>
  html`<p class="notice wait" role="status">Confirm it in your app${phone !== null && html`, on the phone ${phone}`}. This page goes on by itself.</p>
<div class="actions"><a class="button" href="/sandbox/control?checkout=${id}" target="_blank" rel="noopener">Open the app</a>
${form(id, html`<button name="action" value="CANCEL">Cancel</button>`)}</div>`;

const OUTCOMES: Readonly<
  Record<CheckoutStatus, { readonly title: string; readonly tone: string; readonly text: string }>
> = {
  OPEN: { title: 'Open', tone: '', text: 'It can be paid.' },
  AWAITING_APPROVAL: { title: 'Waiting', tone: 'wait', text: 'Confirm it in your app.' },
  PROCESSING: { title: 'On its way', tone: 'wait', text: 'The money is on its way. There is nothing more to do.' },
  PAID: { title: 'Paid', tone: 'good', text: 'It is paid.' },
  FAILED: { title: 'Declined', tone: 'bad', text: 'The payment was declined. Nothing was taken.' },
  CANCELED: { title: 'Canceled', tone: 'bad', text: 'The payment was canceled. Nothing was taken.' },
  EXPIRED: { title: 'Expired', tone: 'bad', text: 'It was not paid in time. Nothing was taken.' },
};

const outcome = ({ status, return_url: back }: Checkout): Html =>
  html`<p class="notice ${OUTCOMES[status].tone}" role="status">${OUTCOMES[status].text}</p>
<p><a class="button primary" href="${back}">Back to the shop</a></p>`;
