import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashByOpenssl, signByOpenssl, verifyByOpenssl } from './easypaisa-openssl.ts';

export interface EasyPaisaStandInOptions {
  readonly storeId: string;
  readonly hashKey: string;
  readonly username: string;
  readonly password: string;
  readonly accountNumber: string;
  /** For REST v5, as PEM: what proves the merchant's calls, and what signs the answers. */
  readonly keys?: { readonly merchantPublicKey: string; readonly privateKey: string };
  /** Where IPNs go; null: nowhere. Can be set later. */
  readonly ipnUrl?: string | null;
  readonly port?: number;
}

/**
 * How an answer goes. NEVER: the work is done and nothing is said; CUT: the work is done and the connection ends; HTML: the
 * firewall's page, with status 200, and no work is done; ERROR: status 500 and no work; LATE_ERROR: status 503 after the
 * work; FLOOD: more than anybody should read; REDIRECT: to another address. The signatures are those of REST v5.
 */
export type Reply =
  | 'OK'
  | 'NEVER'
  | 'CUT'
  | 'HTML'
  | 'ERROR'
  | 'LATE_ERROR'
  | 'FLOOD'
  | 'REDIRECT'
  | 'WRONG_SIGNATURE'
  | 'NO_SIGNATURE';

export interface Behaviour {
  readonly reply?: Reply;
  readonly delayMs?: number;
  /** Of a prompt: 0000 charges the payer, any other code does not. Of an inquiry: its own code. */
  readonly code?: string;
  /** Where a prompt leaves the payment: PAID with 0000, else FAILED. */
  readonly status?: Status;
  /** What is said otherwise than is true; undefined leaves a field out. */
  readonly fields?: Readonly<Record<string, string | number | undefined>>;
}

export type Status = 'PAID' | 'PENDING' | 'INITIATED' | 'FAILED' | 'BLOCKED' | 'EXPIRED' | 'DROPPED' | 'REVERSED';

export interface Control {
  /** For the next calls of each kind, first to last; then all goes well again. */
  readonly next?: Readonly<Partial<Record<CallName, readonly Behaviour[]>>>;
  readonly ipnUrl?: string | null;
  /** How often each IPN is sent: 0 is a lost one. */
  readonly ipnCopies?: number;
  /** Sends an IPN that names this address. */
  readonly forgedIpn?: string;
  /** How the payment ended, however late: at the page, on the phone, in a shop, or at the portal (REVERSED). */
  readonly settle?: { readonly orderId: string; readonly status: Status; readonly amount?: string };
}

export type CallName = 'initiate' | 'inquire';

export interface StandInState {
  /** One for each time that money was taken: more than one of an order is a double charge. */
  readonly charges: { readonly orderId: string; readonly amount: string }[];
  /** One for each time that money was given back. */
  readonly refunds: { readonly orderId: string; readonly amount: string }[];
  /** `orderStatus`: fetches of the address that IPNs name, which nobody should make. */
  readonly calls: Record<CallName | 'hosted' | 'confirm' | 'orderStatus', number>;
  /** Requests that EasyPaisa would not have taken, and why. */
  readonly rejected: string[];
  /** The status of each answer to an IPN; 0: there was none. */
  readonly acknowledgements: number[];
  readonly orders: Readonly<Record<string, { readonly status: Status; readonly amount: string }>>;
}

export interface EasyPaisaStandIn extends AsyncDisposable {
  readonly url: string;
  readonly state: StandInState;
  control(control: Control): Promise<void>;
  close(): Promise<void>;
}

interface Order {
  readonly orderId: string;
  readonly transactionId: string;
  readonly mode: 'MA' | 'OTC';
  amount: string;
  status: Status;
}

type Fields = Readonly<Record<string, string>>;
type Said = Readonly<Record<string, string | number | undefined>>;

const REST_PATTERN = /^\/easypay-service\/rest\/(v4|v5)\/(initiate-ma|inquire)-transaction$/;

/**
 * An EasyPaisa that remembers, counts, and does as it is told. It is harsher than the real one may be: whoever prompts
 * twice charges twice. POST /__control takes a Control, and GET /__control tells the state, from any process.
 */
export async function startEasyPaisaStandIn(options: EasyPaisaStandInOptions): Promise<EasyPaisaStandIn> {
  const { storeId, hashKey, accountNumber } = options;
  const orders = new Map<string, Order>();
  /** By the token that a browser was given: the order, and then also where the browser goes at the end. */
  const visits = new Map<string, { readonly order: Order; doneUrl: string }>();
  const charges: StandInState['charges'] = [];
  const refunds: StandInState['refunds'] = [];
  const calls: StandInState['calls'] = { initiate: 0, inquire: 0, hosted: 0, confirm: 0, orderStatus: 0 };
  const rejected: string[] = [];
  const acknowledgements: number[] = [];
  const next: Record<CallName, Behaviour[]> = { initiate: [], inquire: [] };
  let [ipnUrl, ipnCopies] = [options.ipnUrl ?? null, 1];

  const refuse = (code: string, why: string) => {
    rejected.push(`${code}: ${why}`);
    return code;
  };

  function orderOf(orderId: string, amount: string, mode: Order['mode']): Order {
    const known = orders.get(orderId);
    const made: Order = known ?? { orderId, amount, mode, transactionId: digits(11), status: 'INITIATED' };
    orders.set(orderId, made);
    return made;
  }

  function settle(order: Order, status: Status): void {
    const { orderId, amount } = order;
    if (status === 'PAID') charges.push({ orderId, amount });
    if (status === 'REVERSED' && order.status === 'PAID') refunds.push({ orderId, amount });
    order.status = status;
  }

  async function sendIpns(order: Order): Promise<void> {
    for (let copy = 0; copy < ipnCopies; copy += 1) await sendIpn(`${url()}${STATUS_PATH}28/${order.orderId}`);
  }

  async function sendIpn(named: string): Promise<void> {
    if (!ipnUrl) return;
    const answer = await fetch(`${ipnUrl}?url=${encodeURIComponent(named)}`).catch(() => null);
    await answer?.text();
    acknowledgements.push(answer?.status ?? 0);
  }

  /** EasyPaisa's code for what is wrong with a call; null where it is taken. */
  function refusalOf(name: CallName, credentials: string, fields: Fields): string | null {
    if (Buffer.from(credentials, 'base64').toString() !== `${options.username}:${options.password}`)
      return refuse('0010', 'credentials');
    if (Object.values(fields).some(field => typeof field !== 'string')) return refuse('0022', 'a value is no text');
    if (fields.storeId !== storeId) return refuse('0006', 'storeId');
    if (!/^[A-Za-z0-9]{1,20}$/.test(fields.orderId ?? '')) return refuse('0003', 'orderId');
    if (name === 'inquire') return fields.accountNum === accountNumber ? null : refuse('0004', 'accountNum');
    if (fields.transactionType !== 'MA') return refuse('0021', 'transactionType');
    if (!/^03\d{9}$/.test(fields.mobileAccountNo ?? '')) return refuse('0026', 'mobileAccountNo');
    return /^\d{1,11}\.\d\d$/.test(fields.transactionAmount ?? '') ? null : refuse('0028', 'transactionAmount');
  }

  async function prompt(fields: Fields, { code = '0000', status }: Behaviour): Promise<Said> {
    const order = orderOf(fields.orderId ?? '', fields.transactionAmount ?? '', 'MA');
    settle(order, status ?? (code === '0000' ? 'PAID' : 'FAILED'));
    if (order.status === 'PAID') await sendIpns(order);
    const { orderId, transactionId } = order;
    return code === '0000'
      ? { orderId, storeId, transactionId, transactionDateTime: '10/04/2023 01:55 PM', ...verdict(code) }
      : { orderId, storeId, ...verdict(code) };
  }

  function tell({ orderId = '' }: Fields, { code = '0000' }: Behaviour): Said {
    const order = orders.get(orderId);
    if (code !== '0000') return verdict(code);
    if (!order) return verdict('0003');
    const failed = {
      errorCode: 'AUTHORIZATION_SENDER_ACCOUNT_NOT_ACTIVE',
      errorReason: 'Ms 03211234567 is not active',
    };
    return {
      msisdn: '03211234567',
      orderId,
      storeId,
      storeName: 'A store',
      accountNum: accountNumber,
      paymentMode: order.mode,
      transactionId: order.transactionId,
      ...verdict(code),
      settlementStatus: 'FAILED',
      transactionAmount: order.amount,
      transactionStatus: order.status,
      transactionDateTime: '03/10/2023 11:32 AM',
      ...(order.status === 'FAILED' ? failed : {}),
    };
  }

  async function answerCall(version: string, name: CallName, request: IncomingMessage, response: ServerResponse) {
    calls[name] += 1;
    const behaviour = next[name].shift() ?? {};
    const { reply = 'OK', delayMs = 0 } = behaviour;
    // As firewalls do with what HTTP libraries call themselves.
    if (/^(node|undici|axios|python)/i.test(request.headers['user-agent'] ?? 'node'))
      return void request.socket.destroy();
    const body = await text(request);
    await sleep(delayMs);
    if (reply === 'HTML') return send(response, 200, '<html><title>Request Rejected</title></html>');
    if (reply === 'ERROR') return send(response, 500, '{"responseCode":"0000","transactionStatus":"PAID"}');
    if (reply === 'FLOOD') return send(response, 200, `{"responseCode":"0000","x":"${'x'.repeat(100_000)}"}`);
    if (reply === 'REDIRECT') return void response.writeHead(307, { Location: `${url()}${request.url}?again` }).end();
    const fields = version === 'v5' ? await provenRequest(body) : parse(body);
    const refusal = fields ? refusalOf(name, request.headers.credentials?.toString() ?? '', fields) : '0024';
    const said =
      refusal !== null || !fields
        ? verdict(refusal ?? '0024')
        : { ...(await { initiate: prompt, inquire: tell }[name](fields, behaviour)), ...behaviour.fields };
    const answer = numbered(JSON.stringify(said));
    if (reply === 'CUT') return void request.socket.destroy();
    if (reply === 'LATE_ERROR') return send(response, 503, 'Service Unavailable');
    if (reply === 'NEVER') return;
    send(
      response,
      200,
      version === 'v5' ? await signedAnswer(answer, refusal === null ? reply : 'NO_SIGNATURE') : answer,
    );
  }

  /** Null, and counted as rejected, where the merchant's signature is not of the text as it came. */
  async function provenRequest(body: string): Promise<Fields | null> {
    const [, request = '', signature = ''] = /^\{"request":(.*),"signature":"([^"]*)"\}$/s.exec(body) ?? [];
    if (await verifyByOpenssl(request, signature, options.keys?.merchantPublicKey ?? '')) return parse(request);
    refuse('0024', 'signature');
    return null;
  }

  async function signedAnswer(answer: string, reply: Reply): Promise<string> {
    if (reply === 'NO_SIGNATURE') return `{"response":${answer}}`;
    const signed = reply === 'WRONG_SIGNATURE' ? `${answer} ` : answer;
    return `{ "response": ${answer},\n "signature":"${await signByOpenssl(signed, options.keys?.privateKey ?? '')}"}`;
  }

  /** The first step: the form from the shop. */
  async function takeForm(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls.hosted += 1;
    const fields: Fields = Object.fromEntries(new URLSearchParams(await text(request)));
    const wrong = Object.entries({
      storeId: new RegExp(`^${storeId}$`),
      amount: /^\d{1,11}\.\d$/,
      orderRefNum: /^[A-Za-z0-9]{1,20}$/,
      expiryDate: /^\d{8} \d{6}$/,
      postBackURL: /^https?:\/\//,
      autoRedirect: /^[01]$/,
    }).find(([name, form]) => !form.test(fields[name] ?? ''))?.[0];
    const isHashed = fields.merchantHashedReq === (await hashByOpenssl(fields, hashKey));
    if (wrong || !isHashed) return send(response, 200, `Refused: ${refuse('0002', wrong ?? 'merchantHashedReq')}`);
    const token = digits(38);
    visits.set(token, { order: orderOf(fields.orderRefNum ?? '', fields.amount ?? '', 'OTC'), doneUrl: '' });
    redirect(response, `${fields.postBackURL}?auth_token=${token}`);
  }

  /** The second step: the shop's page posted the token back, and the payer sees EasyPaisa's page at last. */
  async function showPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls.confirm += 1;
    const fields = new URLSearchParams(await text(request));
    const token = fields.get('auth_token') ?? '';
    const visit = visits.get(token);
    if (!visit) return send(response, 200, `Refused: ${refuse('0019', 'auth_token')}`);
    visit.doneUrl = fields.get('postBackURL') ?? '';
    const buttons = ['PAY', 'DECLINE', 'LEAVE'].map(
      choice => `<button name="choice" value="${choice}">${choice}</button>`,
    );
    send(response, 200, `<form method="post" action="/__page/${token}">${buttons.join('')}</form>`);
  }

  /** The third: a button of the page. */
  async function leavePage(token: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const choice = new URLSearchParams(await text(request)).get('choice');
    const visit = visits.get(token);
    if (!visit) return send(response, 404, 'Not Found');
    settle(visit.order, choice === 'PAY' ? 'PAID' : choice === 'DECLINE' ? 'FAILED' : 'DROPPED');
    if (choice === 'PAY') await sendIpns(visit.order);
    const said = choice === 'PAY' ? 'status=Success&desc=0000' : 'status=Failure&desc=0001';
    redirect(response, `${visit.doneUrl}?${said}&orderRefNumber=${visit.order.orderId}`);
  }

  async function control({ next: given = {}, settle: settled, ...told }: Control): Promise<void> {
    for (const name of ['initiate', 'inquire'] as const) next[name].push(...(given[name] ?? []));
    if (told.ipnUrl !== undefined) ipnUrl = told.ipnUrl;
    if (told.ipnCopies !== undefined) ipnCopies = told.ipnCopies;
    if (told.forgedIpn !== undefined) await sendIpn(told.forgedIpn);
    if (!settled) return;
    const order = orders.get(settled.orderId);
    if (!order) throw new Error(`There is no order ${settled.orderId}.`);
    order.amount = settled.amount ?? order.amount;
    settle(order, settled.status);
    if (settled.status === 'PAID') await sendIpns(order);
  }

  const state = (): StandInState => ({
    charges,
    refunds,
    calls,
    rejected,
    acknowledgements,
    orders: Object.fromEntries([...orders].map(([id, { status, amount }]) => [id, { status, amount }])),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split('?')[0] ?? '';
    const [, version = '', call] = REST_PATTERN.exec(path) ?? [];
    if (path.startsWith(STATUS_PATH)) {
      calls.orderStatus += 1;
      return send(response, 200, '{"transaction_status":"PAID"}');
    }
    if (path === '/__control') {
      if (request.method === 'POST') await control(JSON.parse(await text(request)));
      return send(response, 200, JSON.stringify(state()), 'application/json');
    }
    if (request.method !== 'POST') return send(response, 404, 'Not Found');
    if (path === '/easypay/Index.jsf') return takeForm(request, response);
    if (path === '/easypay/Confirm.jsf') return showPage(request, response);
    if (path.startsWith('/__page/')) return leavePage(path.slice('/__page/'.length), request, response);
    if (call) return answerCall(version, call === 'inquire' ? 'inquire' : 'initiate', request, response);
    send(response, 404, 'Not Found');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) send(response, 400, JSON.stringify({ error: error.message }));
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: url(),
    get state() {
      return state();
    },
    control,
    close,
    [Symbol.asyncDispose]: close,
  };
}

const STATUS_PATH = '/easypay-service/rest/v1/order-status/';

const verdict = (responseCode: string) => ({
  responseCode,
  responseDesc: responseCode === '0000' ? 'SUCCESS' : 'As the code says.',
});

/** Amounts are numbers, written as they were said: with the noughts at their end. */
const numbered = (json: string): string => json.replace(/("transactionAmount":)"([^"]*)"/, '$1$2');

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

function parse(body: string): Fields {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** EasyPaisa calls its JSON text/html. */
function send(response: ServerResponse, status: number, body: string, type = 'text/html; charset=utf-8'): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location }).end();
}
