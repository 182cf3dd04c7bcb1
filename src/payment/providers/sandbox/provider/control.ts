import { z } from 'zod';
import { fromDecimal } from '../../../money.ts';
import { findCheckout, listCheckouts } from './checkouts.ts';
import { Command, CommandRefused, obey } from './commands.ts';
import {
  json,
  problem,
  type SandboxAnswer,
  type SandboxParts,
  type SandboxReply,
  type SandboxRequest,
  seeOther,
} from './exchange.ts';
import { readMisbehaviour } from './misbehaviour.ts';
import { checkoutControlPage } from './pages/checkout-control-page.ts';
import { controlPage } from './pages/control-page.ts';
import { CONTROL_PATH, detailPath } from './pages/control-parts.ts';
import { messagePage } from './pages/layout.ts';
import { type Checkout, inTransaction, type Message, reading, type Sql } from './tables.ts';
import { viewOf } from './views.ts';

const CHECKOUTS_ON_A_PAGE = 20;
const MESSAGES_ON_A_PAGE = 30;

/** The control page. A form of any other site is refused before anything is read. */
export async function answerControlPage(parts: SandboxParts, request: SandboxRequest): Promise<SandboxAnswer> {
  const id = request.url.searchParams.get('checkout');
  if (request.method !== 'POST') return id === null ? showAll(parts, request) : showOne(parts, id);
  const back = id === null ? CONTROL_PATH : detailPath(id);
  if (!isOwnForm(request, parts))
    return messagePage(403, 'Nothing was done', 'The form was not sent by the control page itself.', back);
  const command = Command.safeParse(commandOf(new URLSearchParams(request.body)));
  if (!command.success) return messagePage(400, 'Nothing was done', z.prettifyError(command.error), back);
  const refused = await done(parts, command.data);
  return refused === null ? seeOther(back) : messagePage(422, 'Nothing was done', refused, back);
}

/** The same for programs: a command in, the state out. */
export async function answerControlJson(parts: SandboxParts, request: SandboxRequest): Promise<SandboxAnswer> {
  if (request.method === 'POST') {
    // Browsers send other types to any site without asking first.
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      return problem(
        415,
        'Unsupported Media Type',
        'not_json',
        'Send the command as JSON, with Content-Type: application/json.',
      );
    const command = Command.safeParse(parsed(request.body));
    if (!command.success) return problem(400, 'Bad Request', 'invalid', z.prettifyError(command.error));
    const refused = await done(parts, command.data);
    if (refused !== null) return problem(422, 'Unprocessable Content', 'refused', refused);
  }
  return json(200, await stateOf(reading(parts.database), request.url.searchParams.get('before')));
}

/** Why it was not done; null where it was. */
async function done({ database, clock }: SandboxParts, command: Command): Promise<string | null> {
  try {
    await inTransaction(database, db => obey(db, command, clock()));
    return null;
  } catch (error) {
    if (error instanceof CommandRefused) return error.message;
    throw error;
  }
}

/**
 * A browser says of each form from where it was sent, by either header; what says neither is no browser. Other sites of the
 * same machine, such as the front end, are other sites too.
 */
function isOwnForm({ headers, url }: SandboxRequest, { publicUrl }: SandboxParts): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && (new URL(origin).host === url.host || origin === new URL(publicUrl()).origin);
}

const NUMBERS = ['copies', 'delaySeconds', 'laterSeconds', 'times'];
const BOXES = ['shuffle', 'forge', 'succeedLate'];

/** A form as the command that it means: its texts as numbers and amounts, its boxes as yes or no. */
function commandOf(form: URLSearchParams): Record<string, unknown> {
  const { currency, money, ...fields } = Object.fromEntries(form);
  const values: Record<string, unknown> = { ...fields };
  for (const name of NUMBERS) if (fields[name] !== undefined) values[name] = Number.parseInt(fields[name], 10);
  // Left as it was typed where it is none: the command says what it has to be.
  if (money !== undefined) values.amount = (fromDecimal(money.trim(), currency ?? '') ?? money).toString();
  if (fields.command !== 'MISBEHAVE') return values;
  const { command, ...how } = values;
  for (const name of BOXES) how[name] = form.get(name) === 'on';
  return { command, how };
}

const digits = (text: string | null): string | null => (text !== null && /^\d{1,18}$/.test(text) ? text : null);

async function showAll({ database }: SandboxParts, { url }: SandboxRequest): Promise<SandboxReply> {
  const db = reading(database);
  const { checkouts, next } = await listCheckouts(db, {
    before: digits(url.searchParams.get('before')),
    limit: CHECKOUTS_ON_A_PAGE,
  });
  const messages = await newestMessages(db);
  const held = await heldMessages(db);
  return controlPage({ checkouts, next, messages, held, misbehaviour: await readMisbehaviour(db) });
}

async function showOne({ database }: SandboxParts, id: string): Promise<SandboxReply> {
  const db = reading(database);
  const checkout = await findCheckout(db, id);
  if (!checkout) return messagePage(404, 'There is no such checkout', 'Choose one from the list.', CONTROL_PATH);
  const refunds = await db
    .selectFrom('sandbox_refunds')
    .selectAll()
    .where('checkout_id', '=', id)
    .orderBy('place')
    .execute();
  return checkoutControlPage(checkout, refunds, await newestMessages(db, id));
}

function newestMessages(db: Sql, checkoutId?: string): Promise<Message[]> {
  const query = db.selectFrom('sandbox_messages').selectAll().orderBy('place', 'desc').limit(MESSAGES_ON_A_PAGE);
  return (checkoutId === undefined ? query : query.where('checkout_id', '=', checkoutId)).execute();
}

async function heldMessages(db: Sql): Promise<number> {
  const { held } = await db
    .selectFrom('sandbox_messages')
    .select(({ fn }) => fn.countAll<string>().as('held'))
    .where('status', '=', 'HELD')
    .executeTakeFirstOrThrow();
  return Number.parseInt(held, 10);
}

async function stateOf(db: Sql, before: string | null) {
  const { checkouts, next } = await listCheckouts(db, { before: digits(before), limit: CHECKOUTS_ON_A_PAGE });
  const views = [];
  for (const checkout of checkouts) views.push(await controlView(db, checkout));
  const messages = (await newestMessages(db)).map(
    ({ id, checkout_id: checkout, event_id: event, type, forgery, status, attempts, last_answer: lastAnswer }) => ({
      ...{ id, checkout, event, type, forgery, status, attempts, lastAnswer },
    }),
  );
  return { misbehaviour: await readMisbehaviour(db), checkouts: views, next, messages, totals: await totalsOf(db) };
}

const controlView = async (db: Sql, checkout: Checkout) => ({
  ...(await viewOf(db, checkout)),
  charges: checkout.charges,
});

/** Of all checkouts there ever were: what moved money, counted. */
async function totalsOf(db: Sql) {
  const { charges } = await db
    .selectFrom('sandbox_checkouts')
    .select(({ fn }) => fn.sum<string | null>('charges').as('charges'))
    .executeTakeFirstOrThrow();
  const { refunds } = await db
    .selectFrom('sandbox_refunds')
    .select(({ fn }) => fn.countAll<string>().as('refunds'))
    .where('status', '<>', 'FAILED')
    .executeTakeFirstOrThrow();
  return { charges: Number.parseInt(charges ?? '0', 10), refunds: Number.parseInt(refunds, 10) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
