import type { SandboxReply } from '../exchange.ts';
import type { FaultKind, FaultyCall, Misbehaviour } from '../misbehaviour.ts';
import type { Checkout, Message } from '../tables.ts';
import {
  type Choice,
  CONTROL_PATH,
  checkbox,
  checkoutRow,
  commandForm,
  messageList,
  numberField,
  select,
} from './control-parts.ts';
import { type Html, html, page } from './layout.ts';

export interface ControlState {
  readonly checkouts: readonly Checkout[];
  /** Of the page that follows; null where this is the last. */
  readonly next: string | null;
  readonly messages: readonly Message[];
  readonly held: number;
  readonly misbehaviour: Misbehaviour;
}

/** The provider's own side: what was paid, what was sent, and what is to go wrong. */
export const controlPage = (state: ControlState): SandboxReply =>
  page({
    title: 'Control',
    content: html`<h1>Sandbox control</h1>
<p class="quiet">What the payment provider of development sees and does. The same is at <a href="${CONTROL_PATH}.json">control.json</a> for programs.</p>
<section class="sheet" aria-labelledby="checkouts"><h2 id="checkouts">Checkouts</h2>
${
  state.checkouts.length === 0
    ? html`<p class="quiet">None yet: start a payment with the provider SANDBOX.</p>`
    : html`<ul class="rows">${state.checkouts.map(checkoutRow)}</ul>`
}
${state.next !== null && html`<p><a href="${CONTROL_PATH}?before=${state.next}">Older checkouts</a></p>`}
</section>
${misbehave(state.misbehaviour)}
${faults(state.misbehaviour)}
<section class="sheet" aria-labelledby="messages"><h2 id="messages">Messages, newest first</h2>
${state.held > 0 && release(state.held)}
${messageList(state.messages, null)}
</section>`,
  });

const MESSAGES: readonly Choice[] = [
  { value: 'SEND', name: 'are sent' },
  { value: 'HOLD', name: 'are held until released' },
  { value: 'LOSE', name: 'are lost' },
];
const REFUNDS: readonly Choice[] = [
  { value: 'SUCCEED', name: 'succeed at once' },
  { value: 'WAIT', name: 'take their time' },
  { value: 'FAIL', name: 'fail at once' },
  { value: 'FAIL_LATER', name: 'succeed, and fail later' },
];

const misbehave = (how: Misbehaviour): Html =>
  html`<section class="sheet" aria-labelledby="misbehave"><h2 id="misbehave">How it behaves</h2>
<form method="post" action="${CONTROL_PATH}" autocomplete="off"><input type="hidden" name="command" value="MISBEHAVE">
<div class="fields">
${select('Messages', 'messages', MESSAGES, how.messages)}
${numberField('Copies of each message', 'copies', how.copies, 1, 10)}
${numberField('Delay of messages, in seconds', 'delaySeconds', how.delaySeconds, 0, 86_400)}
${select('Refunds', 'refunds', REFUNDS, how.refunds)}
${numberField('“Later” means, in seconds', 'laterSeconds', how.laterSeconds, 0, 86_400)}
</div>
${checkbox('Shuffle messages: they overtake each other', 'shuffle', how.shuffle)}
${checkbox('Forge: with each message come forged ones that say it was paid', 'forge', how.forge)}
${checkbox('Succeed late: what is declined, canceled or expired is paid later all the same', 'succeedLate', how.succeedLate)}
<div class="actions"><button>Save</button><button form="behave">Behave well again</button></div></form>
<form id="behave" method="post" action="${CONTROL_PATH}"><input type="hidden" name="command" value="BEHAVE"></form>
</section>`;

const CALL_NAMES: Readonly<Record<FaultyCall, string>> = {
  CREATE: 'begin a checkout',
  RETRIEVE: 'ask for a checkout',
  CANCEL: 'cancel a checkout',
  REFUND: 'refund',
  PAGE: 'the payer’s click on the page',
};
const KIND_NAMES: Readonly<Record<FaultKind, string>> = {
  ERROR_BEFORE: 'is not done, answer 500',
  ERROR_AFTER: 'is done, answer 500',
  HTML_AFTER: 'is done, answer HTML',
  DROP_BEFORE: 'is not done, connection cut',
  DROP_AFTER: 'is done, connection cut',
  TIMEOUT_AFTER: 'is done, no answer',
};
const choices = (names: Readonly<Record<string, string>>): readonly Choice[] =>
  Object.entries(names).map(([value, name]) => ({ value, name }));

const faults = ({ faults: waiting }: Misbehaviour): Html =>
  html`<section class="sheet" aria-labelledby="faults"><h2 id="faults">The next calls go wrong</h2>
${waiting.length > 0 && html`<ul>${waiting.map(({ call, kind, times }) => html`<li>${CALL_NAMES[call]}: ${KIND_NAMES[kind]}, ${times}×</li>`)}</ul>`}
<form method="post" action="${CONTROL_PATH}" autocomplete="off"><input type="hidden" name="command" value="FAULT">
<div class="fields">
${select('Call', 'call', choices(CALL_NAMES))}
${select('What happens', 'kind', choices(KIND_NAMES))}
${numberField('How often', 'times', 1, 1, 1000)}
</div><div class="actions"><button>Add</button></div></form></section>`;

const release = (held: number): Html =>
  html`<p class="notice wait">${held} held.</p><div class="actions">
${commandForm('RELEASE', null, { order: 'OLDEST_FIRST' }, html`<button>Release, oldest first</button>`)}
${commandForm('RELEASE', null, { order: 'NEWEST_FIRST' }, html`<button>Release, newest first</button>`)}</div>`;
