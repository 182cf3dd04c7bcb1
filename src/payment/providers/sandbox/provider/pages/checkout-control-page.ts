import { decimalsOf, toDecimal } from '../../../../money.ts';
import type { SandboxReply } from '../exchange.ts';
import { isOpen } from '../payer.ts';
import { type Checkout, FORGERIES, type Message, type Refund } from '../tables.ts';
import { checkoutPath } from './checkout-page.ts';
import {
  approval,
  CONTROL_PATH,
  commandButton,
  commandForm,
  messageList,
  select,
  statusBadge,
} from './control-parts.ts';
import { badge, type Html, html, money, page, time } from './layout.ts';

/** All of one checkout, and what the provider can do to it. */
export const checkoutControlPage = (
  checkout: Checkout,
  refunds: readonly Refund[],
  messages: readonly Message[],
): SandboxReply =>
  page({
    title: checkout.description || 'Checkout',
    content: html`<p class="crumb"><a href="${CONTROL_PATH}">Sandbox control</a></p>
<h1>${checkout.description || checkout.id}</h1>
${summary(checkout)}
${actions(checkout)}
${refundSection(checkout, refunds)}
${checkout.status === 'PAID' && disputeSection(checkout)}
<section class="sheet" aria-labelledby="messages"><h2 id="messages">Messages, newest first</h2>
${messageList(messages, checkout.id)}
<h3>Send a forged one</h3>
<p class="quiet">It says that this was paid. Whoever gets it has to refuse it.</p>
${commandForm('FORGE', checkout.id, { checkout: checkout.id }, html`${select('What is wrong with it', 'as', FORGERY_CHOICES)}<button>Forge</button>`)}
</section>`,
  });

const FORGERY_NAMES = {
  WRONG_SECRET: 'signed with another secret',
  UNSIGNED: 'not signed',
  ALTERED: 'changed after it was signed',
  TOO_OLD: 'signed an hour ago',
  FROM_THE_FUTURE: 'signed an hour ahead',
} as const;
const FORGERY_CHOICES = FORGERIES.map(value => ({ value, name: FORGERY_NAMES[value] }));

const summary = (checkout: Checkout): Html => {
  const { amount, currency, paid_amount: paid, charges } = checkout;
  return html`<section class="sheet"><p class="amount">${money(amount, currency)}</p><p>${statusBadge(checkout)}</p>
<dl>
<dt>Reference</dt><dd>${checkout.reference}</dd>
<dt>Charged</dt><dd>${charges === 1 ? 'once' : charges === 0 ? 'never' : `${charges} times`}${paid !== null && html`, ${money(paid, currency)}`}</dd>
${checkout.failure_message !== null && html`<dt>Last failure</dt><dd>${checkout.failure_message}</dd>`}
${checkout.masked_phone !== null && html`<dt>Phone</dt><dd>${checkout.masked_phone}</dd>`}
${checkout.settle_at !== null && html`<dt>Is paid by itself</dt><dd>${time(checkout.settle_at)}</dd>`}
<dt>Begun</dt><dd>${time(checkout.created_at)}</dd>
<dt>Until</dt><dd>${time(checkout.expires_at)}</dd>
<dt>Payer’s page</dt><dd><a href="${checkoutPath(checkout.id)}">Open it</a></dd>
</dl></section>`;
};

const actions = (checkout: Checkout): Html | null => {
  const { id, status, amount, currency } = checkout;
  if (status === 'PAID') return null;
  const about = checkout.description || id;
  return html`<section class="sheet" aria-labelledby="actions"><h2 id="actions">${isOpen(checkout) ? 'Let it end' : 'It is over, and can succeed late'}</h2>
${isOpen(checkout) && html`<div class="actions">${approval(checkout, id)}${commandButton('EXPIRE', id, { checkout: id }, 'Expire now', about)}</div>`}
${commandForm(
  'CHARGE',
  id,
  { checkout: id, currency },
  html`${amountField('Take this amount', amount, currency)}<button>${isOpen(checkout) ? 'Charge' : 'Charge all the same'}</button>`,
)}</section>`;
};

const amountField = (label: string, amount: string, currency: string): Html =>
  html`<label>${label}, ${currency}<input name="money" inputmode="${decimalsOf(currency) === 0 ? 'numeric' : 'decimal'}" value="${toDecimal({ amount: BigInt(amount), currency })}" required></label>`;

const REFUND_TONES = { PENDING: 'wait', SUCCEEDED: 'good', FAILED: 'bad' } as const;
const REFUND_NAMES = { PENDING: 'On its way', SUCCEEDED: 'Done', FAILED: 'Failed' } as const;

function refundSection({ id, status, paid_amount: paid, currency }: Checkout, refunds: readonly Refund[]): Html | null {
  if (status !== 'PAID' || paid === null) return null;
  const gone = refunds.reduce((sum, refund) => (refund.status === 'FAILED' ? sum : sum + BigInt(refund.amount)), 0n);
  const left = BigInt(paid) - gone;
  const rows = refunds.map(
    refund => html`<li><span class="grow"><span>${refund.idempotency_key === null ? 'By the provider itself' : 'Asked for'}</span><span class="quiet">${time(refund.created_at)}${refund.failure_message !== null && html` · ${refund.failure_message}`}</span></span>
<span class="sum">${money(refund.amount, currency)}</span>${badge(REFUND_NAMES[refund.status], REFUND_TONES[refund.status])}
${refund.status === 'PENDING' && commandButton('SETTLE_REFUND', id, { refund: refund.id, as: 'SUCCEEDED' }, 'Let it succeed', refund.id)}
${refund.status !== 'FAILED' && commandButton('SETTLE_REFUND', id, { refund: refund.id, as: 'FAILED' }, 'Let it fail', refund.id)}</li>`,
  );
  return html`<section class="sheet" aria-labelledby="refunds"><h2 id="refunds">Refunds</h2>
${rows.length === 0 ? html`<p class="quiet">None yet.</p>` : html`<ul class="rows">${rows}</ul>`}
${
  left > 0n &&
  html`<h3>Refund from the provider’s side</h3>
${commandForm('REFUND', id, { checkout: id, currency }, html`${amountField('Give back', left.toString(), currency)}<button>Refund</button>`)}`
}</section>`;
}

const DISPUTE_NAMES = { OPEN: ['Disputed', 'wait'], WON: ['Won', 'good'], LOST: ['Lost', 'bad'] } as const;

const disputeBadge = (status: keyof typeof DISPUTE_NAMES): Html => {
  const [name, tone] = DISPUTE_NAMES[status];
  return badge(name, tone);
};

const disputeSection = ({ id, dispute_status: status, description }: Checkout): Html => {
  const button = (as: string, name: string) =>
    commandButton('DISPUTE', id, { checkout: id, as }, name, description || id);
  return html`<section class="sheet" aria-labelledby="dispute"><h2 id="dispute">Dispute</h2>
<p class="quiet">The payer’s bank takes the money back, or tries to.</p>
<div class="actions">${
    status === null
      ? button('OPEN', 'Open a dispute')
      : html`${disputeBadge(status)}${button('WON', 'The merchant wins')}${button('LOST', 'The merchant loses')}`
  }</div></section>`;
};
