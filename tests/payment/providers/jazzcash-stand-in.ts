import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answerOf,
  type Behaviour,
  createLedger,
  type Moved,
  numberOf,
  PAID,
  type Said,
  type Transaction,
} from './jazzcash-ledger.ts';
import { signatureByOpenssl } from './jazzcash-signature.ts';

export interface StandInOptions {
  readonly merchantId: string;
  readonly password: string;
  readonly integritySalt: string;
  readonly mpin: string;
  /** Where IPNs go; null: nowhere. Can be set later. */
  readonly ipnUrl?: string | null;
  readonly port?: number;
  /** What computes hashes: by openssl unless told, which takes a process for each. */
  readonly signature?: (fields: Said, salt: string) => Promise<string>;
}

export interface Control {
  /** For the next calls of each kind, first to last; then all goes well again. */
  readonly next?: Readonly<Partial<Record<CallName, readonly Behaviour[]>>>;
  readonly ipnUrl?: string | null;
  /** How often each IPN is sent: 0 is a lost one. */
  readonly ipnCopies?: number;
  /** The payer pays, or does not: by code. At the hosted page, or long after everybody gave up. */
  readonly settle?: { readonly reference: string; readonly code: string; readonly status?: string };
}

type CallName = 'wallet' | 'inquiry' | 'refund';

export interface StandInState {
  readonly charges: readonly Moved[];
  readonly refunds: readonly Moved[];
  readonly calls: Record<CallName | 'hosted', number>;
  /** Requests that JazzCash would not have taken, and why. */
  readonly rejected: string[];
  /** What was answered to IPNs. */
  readonly acknowledgements: { readonly status: number; readonly body: string; readonly isSigned: boolean }[];
  readonly transactions: Readonly<Record<string, { readonly code: string; readonly status: string }>>;
}

export interface JazzCashStandIn extends AsyncDisposable {
  readonly url: string;
  readonly state: StandInState;
  control(control: Control): Promise<void>;
  /** What the browser posts to pp_ReturnURL once the payment ended; signed. */
  returnFields(reference: string): Promise<Said>;
  /** The IPN of how the payment stands now; signed. */
  ipnFields(reference: string): Promise<Said>;
  close(): Promise<void>;
}

const PATHS: Readonly<Record<string, CallName>> = {
  '/ApplicationAPI/API/Payment/DoTransaction': 'wallet',
  '/ApplicationAPI/API/2.0/Purchase/DoMWalletTransaction': 'wallet',
  '/ApplicationAPI/API/PaymentInquiry/Inquire': 'inquiry',
  '/ApplicationAPI/API/Purchase/domwalletrefundtransaction': 'refund',
};
const HOSTED_PATH = '/CustomerPortal/transactionmanagement/merchantform/';

/**
 * A JazzCash that remembers, counts, and does as it is told. It is harsher than the real one may be: whoever asks twice is
 * charged twice, and refunds twice as long as there is something left.
 */
export async function startJazzCashStandIn(options: StandInOptions): Promise<JazzCashStandIn> {
  const { merchantId, password, integritySalt: salt, signature = signatureByOpenssl } = options;
  const calls = { hosted: 0, wallet: 0, inquiry: 0, refund: 0 };
  const rejected: string[] = [];
  const ledger = createLedger(merchantId, options.mpin, why => rejected.push(why));
  const { transactions, begin, settle } = ledger;
  const acknowledgements: StandInState['acknowledgements'] = [];
  const next: Record<CallName, Behaviour[]> = { wallet: [], inquiry: [], refund: [] };
  let [ipnUrl, ipnCopies] = [options.ipnUrl ?? null, 1];

  const sign = async (fields: Said) => ({
    ...fields,
    pp_SecureHash: await signature(fields, salt),
  });

  /** JazzCash's code for what is wrong with a request; null where it is taken. */
  async function refusalOf(fields: Said): Promise<string | null> {
    const refuse = (code: string, why: string) => {
      rejected.push(`${code}: ${why}`);
      return code;
    };
    if (Object.values(fields).some(field => typeof field !== 'string')) return refuse('110', 'a value is no text');
    if (fields.pp_SecureHash !== (await signature(fields, salt))) return refuse('115', 'wrong hash');
    if (fields.pp_MerchantID !== merchantId || fields.pp_Password !== password) return refuse('101', 'wrong merchant');
    if (!/^[A-Za-z0-9]{1,20}$/.test(fields.pp_TxnRefNo ?? '')) return refuse('110', 'pp_TxnRefNo');
    return null;
  }

  const ipnOf = (transaction: Transaction): Promise<Said> =>
    sign({
      pp_Version: '2.0',
      pp_TxnType: 'MWALLET',
      pp_BankID: '',
      pp_ProductID: '',
      pp_Password: password,
      pp_TxnRefNo: transaction.reference,
      pp_TxnDateTime: transaction.form.pp_TxnDateTime ?? '',
      pp_ResponseCode: transaction.code,
      pp_ResponseMessage: 'Transaction has been marked confirmed by Merchant.',
      pp_AuthCode: '060935465981',
      pp_SettlementExpiry: '',
      pp_RetreivalReferenceNo: numberOf(transaction.reference),
    });

  async function sendIpns(transaction: Transaction): Promise<void> {
    if (ipnUrl === null || ipnCopies === 0) return;
    const body = await ipnOf(transaction);
    for (let copy = 0; copy < ipnCopies && ipnUrl; copy += 1) {
      const answer = await fetch(ipnUrl, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ...body, pp_BankID: null }),
      }).catch(() => null);
      if (!answer) continue;
      const said = await answer.text();
      acknowledgements.push({ status: answer.status, body: said, isSigned: await isSignedAcknowledgement(said) });
    }
  }

  async function isSignedAcknowledgement(said: string): Promise<boolean> {
    const fields = parse(said);
    return fields.pp_ResponseCode === '000' && fields.pp_SecureHash === (await signature(fields, salt));
  }

  async function doWallet(fields: Said, { code = '000', ipn = 'AFTER' }: Behaviour): Promise<Work> {
    const transaction = begin(fields);
    if (typeof transaction === 'string') return { answer: answerOf(transaction) };
    settle(transaction, code);
    if (ipn === 'BEFORE') await sendIpns(transaction);
    const { pp_SecureHash: _, ...echo } = fields;
    const answer = {
      ...echo,
      pp_ResponseCode: code,
      pp_ResponseMessage: code === '000' ? PAID : 'The transaction was not done.',
      pp_AuthCode: '',
      pp_RetreivalReferenceNo: numberOf(transaction.reference),
      pp_SubMerchantId: '',
      pp_SettlementExpiry: '',
    };
    return { answer, after: () => (ipn === 'AFTER' ? sendIpns(transaction) : undefined) };
  }

  const work = async (name: CallName, fields: Said, behaviour: Behaviour): Promise<Work> =>
    name === 'wallet'
      ? doWallet(fields, behaviour)
      : { answer: ledger[name === 'refund' ? name : 'inquire'](fields, behaviour) };

  async function answerCall(name: CallName, request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls[name] += 1;
    const behaviour = next[name].shift() ?? {};
    const { reply = 'OK', delayMs = 0 } = behaviour;
    // As the firewall does with what HTTP libraries call themselves.
    if (/^(node|undici|axios|python)/i.test(request.headers['user-agent'] ?? 'node'))
      return void request.socket.destroy();
    const fields = parse(await text(request));
    await sleep(delayMs);
    if (reply === 'HTML') return send(response, 200, '<html><title>Request Rejected</title></html>', 'text/html');
    if (reply === 'ERROR') return send(response, 500, '{"pp_ResponseCode":"000"}');
    if (reply === 'MOVED') return void response.writeHead(307, { Location: request.url ?? '' }).end();
    const refusal = await refusalOf(fields);
    const done = refusal === null ? await work(name, fields, behaviour) : { answer: { pp_ResponseCode: refusal } };
    const said = { ...done.answer, ...behaviour.fields };
    const hash = refusal === null && reply !== 'NO_HASH' ? await signature(said, salt) : '';
    const body = {
      ...said,
      pp_SecureHash: reply === 'WRONG_HASH' ? hash.replace(/^./, d => (d === '0' ? '1' : '0')) : hash,
    };
    if (reply === 'CUT') request.socket.destroy();
    else if (reply === 'LATE_ERROR') send(response, 503, JSON.stringify(body));
    else if (reply === 'TEXT') send(response, 200, unquoted(body), 'text/html');
    else if (reply !== 'NEVER') send(response, 200, JSON.stringify(body));
    await done.after?.();
  }

  async function showPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls.hosted += 1;
    const fields = Object.fromEntries(new URLSearchParams(await text(request)));
    const refusal = await refusalOf(fields);
    const transaction = refusal ?? begin(fields);
    if (typeof transaction === 'string') return send(response, 200, `Refused: ${transaction}`, 'text/html');
    const button = (code: string, words: string) => `<button name="code" value="${code}">${words}</button>`;
    send(
      response,
      200,
      `<form method="post" action="/__page/${transaction.reference}">${button('000', 'Pay')}${button('112', 'Cancel')}</form>`,
      'text/html',
    );
  }

  /** A button of the page: the payment ends, and the browser is sent back with a form that it posts by itself. */
  async function leavePage(reference: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const code = new URLSearchParams(await text(request)).get('code') ?? '112';
    await control({ settle: { reference, code } });
    const inputs = Object.entries(await returnFields(reference)).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    const action = transactions.get(reference)?.form.pp_ReturnURL ?? '';
    send(
      response,
      200,
      `<body onload="document.forms[0].submit()"><form method="post" action="${action}">${inputs.join('')}</form>`,
      'text/html',
    );
  }

  function transactionOf(reference: string): Transaction {
    const transaction = transactions.get(reference);
    if (!transaction) throw new Error(`There is no transaction ${reference}.`);
    return transaction;
  }

  function returnFields(reference: string): Promise<Said> {
    const transaction = transactionOf(reference);
    const { form, code } = transaction;
    return sign({
      ppmpf_1: '',
      pp_Amount: transaction.amount,
      pp_AuthCode: '024166247497',
      pp_BankID: '',
      pp_BillReference: form.pp_BillReference ?? '',
      pp_Language: 'EN',
      pp_MerchantID: merchantId,
      pp_ResponseCode: code === '121' ? '000' : code,
      pp_ResponseMessage: PAID,
      pp_RetreivalReferenceNo: numberOf(reference),
      pp_SubMerchantId: '',
      pp_TxnCurrency: 'PKR',
      pp_TxnDateTime: form.pp_TxnDateTime ?? '',
      pp_TxnRefNo: reference,
      pp_TxnType: form.pp_TxnType || 'MWALLET',
      pp_Version: '1.1',
    });
  }

  async function control({ next: given = {}, ...told }: Control): Promise<void> {
    for (const name of ['wallet', 'inquiry', 'refund'] as const) next[name].push(...(given[name] ?? []));
    if (told.ipnUrl !== undefined) ipnUrl = told.ipnUrl;
    if (told.ipnCopies !== undefined) ipnCopies = told.ipnCopies;
    if (!told.settle) return;
    const transaction = transactionOf(told.settle.reference);
    settle(transaction, told.settle.code, told.settle.status);
    await sendIpns(transaction);
  }

  const state = (): StandInState => ({
    charges: ledger.charges,
    refunds: ledger.refunds,
    calls,
    rejected,
    acknowledgements,
    transactions: Object.fromEntries([...transactions].map(([id, { code, status }]) => [id, { code, status }])),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const call = PATHS[path];
    if (request.method === 'GET' && path === '/__control') return send(response, 200, JSON.stringify(state()));
    if (request.method !== 'POST') return send(response, 404, 'Not Found', 'text/plain');
    if (path === '/__control') {
      await control(JSON.parse(await text(request)));
      return send(response, 200, JSON.stringify(state()));
    }
    if (path.startsWith('/__return/'))
      return send(response, 200, JSON.stringify(await returnFields(path.slice('/__return/'.length))));
    if (path.startsWith('/__page/')) return leavePage(path.slice('/__page/'.length), request, response);
    if (path === HOSTED_PATH) return showPage(request, response);
    return call ? answerCall(call, request, response) : send(response, 404, 'Not Found', 'text/plain');
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      if (!response.headersSent) send(response, 400, JSON.stringify({ error: error.message }));
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get state() {
      return state();
    },
    control,
    returnFields,
    ipnFields: reference => ipnOf(transactionOf(reference)),
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Work {
  readonly answer: Said;
  /** What happens once it was said. */
  readonly after?: () => Promise<void> | undefined;
}

const unquoted = (body: Said): string => JSON.stringify(body).replace(/("pp_Amount":)"(\d+)"/, '$1$2');

function parse(body: string): Said {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

function send(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}
