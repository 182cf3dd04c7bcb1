import type { Checkout, Message } from '../tables.ts';
import { badge, type Html, html, money, STATUS_NAMES, time } from './layout.ts';

export const CONTROL_PATH = '/sandbox/control';

export const detailPath = (id: string): string => `${CONTROL_PATH}?checkout=${encodeURIComponent(id)}`;

/** A form that does one thing. `back`: the checkout to whose page it leads back; null: to the list. */
export const commandForm = (
  command: string,
  back: string | null,
  hidden: Readonly<Record<string, string>>,
  content: Html,
): Html =>
  html`<form method="post" action="${back === null ? CONTROL_PATH : detailPath(back)}" class="inline" autocomplete="off">
<input type="hidden" name="command" value="${command}">${Object.entries(hidden).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${content}</form>`;

/** A button is told from others of its name by what it is about. */
export const commandButton = (
  command: string,
  back: string | null,
  hidden: Readonly<Record<string, string>>,
  name: string,
  about: string,
): Html => commandForm(command, back, hidden, html`<button aria-label="${`${name}: ${about}`}">${name}</button>`);

export interface Choice {
  readonly value: string;
  readonly name: string;
}

export const select = (label: string, name: string, choices: readonly Choice[], chosen?: string): Html =>
  html`<label>${label}<select name="${name}">${choices.map(
    choice =>
      html`<option value="${choice.value}"${choice.value === chosen && html` selected`}>${choice.name}</option>`,
  )}</select></label>`;

/** Whole numbers from 0 or `min` on. */
export const numberField = (label: string, name: string, value: number, min: number, max: number): Html =>
  html`<label>${label}<input type="number" name="${name}" value="${value}" min="${min}" max="${max}" step="1" required></label>`;

export const checkbox = (label: string, name: string, checked: boolean): Html =>
  html`<label class="check"><input type="checkbox" name="${name}" value="on"${checked && html` checked`}>${label}</label>`;

export const statusBadge = ({ status }: Checkout): Html => {
  const [name, tone] = STATUS_NAMES[status];
  return badge(name, tone);
};

export const approval = ({ id, description }: Checkout, back: string | null): Html =>
  html`${commandButton('APPROVE', back, { checkout: id }, 'Approve', description)}${commandButton('REFUSE', back, { checkout: id }, 'Refuse', description)}`;

export const checkoutRow = (checkout: Checkout): Html => {
  const { id, description, amount, currency, created_at: createdAt } = checkout;
  return html`<li><span class="grow"><a href="${detailPath(id)}">${description || id}</a><span class="quiet">${time(createdAt)}</span></span>
<span class="sum">${money(amount, currency)}</span>${statusBadge(checkout)}
${checkout.status === 'AWAITING_APPROVAL' && approval(checkout, null)}</li>`;
};

const MESSAGE_TONES = { WAITING: 'wait', HELD: 'wait', LOST: 'bad', DELIVERED: 'good', GIVEN_UP: 'bad' } as const;
const MESSAGE_NAMES = {
  WAITING: 'Waiting',
  HELD: 'Held',
  LOST: 'Lost',
  DELIVERED: 'Delivered',
  GIVEN_UP: 'Given up',
} as const;

export const messageRow = (message: Message, back: string | null): Html => {
  const { id, type, forgery, status, attempts, last_answer: answer, created_at: createdAt } = message;
  // That it was refused is what had to happen.
  const isRefused = forgery !== null && status === 'GIVEN_UP';
  const state = isRefused
    ? badge('Refused', 'good')
    : badge(MESSAGE_NAMES[status], forgery === null ? MESSAGE_TONES[status] : 'bad');
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'}${answer === null ? '' : `, last answer: ${answer}`}`;
  return html`<li><span class="grow"><span>${type}${forgery !== null && html` ${badge(`forged: ${forgery}`, 'wait')}`}</span><span class="quiet">${time(createdAt)} · ${tries}</span></span>
${state}${commandButton('SEND_AGAIN', back, { message: id }, 'Send again', type)}</li>`;
};

export const messageList = (messages: readonly Message[], back: string | null): Html =>
  messages.length === 0
    ? html`<p class="quiet">None yet.</p>`
    : html`<ul class="rows">${messages.map(message => messageRow(message, back))}</ul>`;
