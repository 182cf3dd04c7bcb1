import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signed } from '../../../src/payment/providers/jazzcash/call.ts';
import { jazzCashAdapter } from '../../../src/payment/providers/jazzcash/jazzcash.ts';
import { checkMessage } from '../../../src/payment/providers/jazzcash/messages.ts';
import { newReference } from '../../../src/payment/providers/jazzcash/reference.ts';
import { hostedFields } from '../../../src/payment/providers/jazzcash/requests.ts';
import { hasValidHash } from '../../../src/payment/providers/jazzcash/secure-hash.ts';
import type { Handled } from '../../../src/payment/providers/provider.ts';
import { attemptOf, CREDENTIALS, settingsWith } from './jazzcash-attempts.ts';
import { signatureByOpenssl } from './jazzcash-signature.ts';
import { BEGAN } from './wallet-attempts.ts';

const settings = settingsWith({ JAZZCASH_HOSTED_TYPE: 'MWALLET' });
const adapter = jazzCashAdapter(settings);
const attempt = attemptOf();
const { reference } = attempt;
const TIME = '20261121031500';

type Given = Record<string, string>;
const sign = (fields: Given): Given => signed(fields, settings);
const without = (fields: Given, name: string): Given =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field !== name && field !== 'pp_SecureHash'));

const IPN: Given = {
  pp_Version: '2.0',
  pp_TxnType: 'MWALLET',
  pp_Password: CREDENTIALS.password,
  pp_TxnRefNo: reference,
  pp_TxnDateTime: TIME,
  pp_ResponseCode: '121',
  pp_ResponseMessage: 'Transaction has been marked confirmed by Merchant.',
  pp_AuthCode: '060935465981',
  pp_RetreivalReferenceNo: '261121718258',
};
const RETURN: Given = {
  pp_Amount: '150050',
  pp_AuthCode: '024166247497',
  pp_BillReference: 'ORD000042',
  pp_Language: 'EN',
  pp_MerchantID: CREDENTIALS.merchantId,
  pp_ResponseCode: '199',
  pp_ResponseMessage: 'Sorry! Your transaction was not successful.',
  pp_RetreivalReferenceNo: '261121644299',
  pp_TxnCurrency: 'PKR',
  pp_TxnDateTime: TIME,
  pp_TxnRefNo: reference,
  pp_TxnType: 'MWALLET',
  pp_Version: '1.1',
};

async function send(path: string, body: string): Promise<Handled> {
  const route = adapter.routes.find(one => one.path === path);
  if (!route) throw new Error(`There is no route ${path}.`);
  return route.handle({ query: new URLSearchParams(), headers: {}, body: Buffer.from(body) });
}
const sendIpn = (fields: Record<string, unknown>) => send('/webhooks/jazzcash', JSON.stringify(fields));
const sendReturn = (fields: Given) => send('/payments/jazzcash/return', new URLSearchParams(fields).toString());

/** What anybody reads of a message. */
const meaning = (fields: Given) =>
  ['pp_TxnRefNo', 'pp_ResponseCode', 'pp_Amount', 'pp_TxnCurrency', 'pp_BillReference'].map(name => fields[name]);

describe('a signed form whose values were given other names', () => {
  /** As if a payer could write the description. */
  const form = sign({ ...hostedFields(attempt, settings), pp_Description: '121', ppmpf_1: '03001234567' });
  const { pp_SecureHash = '' } = form;
  const expiry = '20261122031500';
  const url = 'https://shop.example/payments/jazzcash/return';
  const merged = {
    pp_Amount: '150050',
    pp_BillReference: 'ORD000042',
    pp_ResponseCode: '121',
    pp_ResponseMessage: `EN&MC00001&testpass00&${url}&PKR&${TIME}&${expiry}`,
    pp_TxnRefNo: reference,
    pp_TxnType: 'MWALLET',
    pp_Version: '1.1',
    ppmpf_1: '03001234567',
    pp_SecureHash,
  };
  const spread = {
    ...merged,
    pp_ResponseMessage: 'EN',
    pp_SA: 'MC00001',
    pp_SB: 'testpass00',
    pp_SC: url,
    pp_TxnCurrency: 'PKR',
    pp_TxnDateTime: TIME,
    pp_TxnExpiryDateTime: expiry,
  };

  test.each([
    ['merged', merged],
    ['spread over invented names', spread],
  ])('has the right hash and is refused: %s', async (_how, forged) => {
    expect(hasValidHash(forged, settings)).toBe(true);
    expect(await signatureByOpenssl(forged, CREDENTIALS.integritySalt)).toBe(pp_SecureHash);

    expect(checkMessage('RETURN', forged, settings)).toHaveProperty('fault');
    expect(checkMessage('IPN', forged, settings)).toHaveProperty('fault');
    expect(checkMessage('INQUIRY', forged, settings)).toHaveProperty('fault');
    expect(await sendReturn(forged)).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
    expect(await sendIpn(forged)).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
  });

  const NAMES = [
    ...new Set([...Object.keys(form), ...Object.keys(IPN), ...Object.keys(RETURN), 'pp_Status', 'ppmbf_1', 'ppmbf_2']),
    'pp_PaymentResponseCode',
    'pp_SettlementExpiry',
    'pp_SubMerchantId',
    'pp_RetrievalReferenceNo',
    'pp_Other',
  ].filter(name => name !== 'pp_SecureHash');
  const sources = { form, return: sign(RETURN), ipn: sign(IPN) } as const;
  /** The same values in the same order, some of them merged, under names that sort alike: the same hash. */
  const relabelled = fc.constantFrom('form' as const, 'return' as const, 'ipn' as const).chain(source => {
    const fields = Object.entries(sources[source]).filter(([name, text]) => text !== '' && name !== 'pp_SecureHash');
    const values = fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    return fc
      .record({
        merges: fc.array(fc.nat(values.length - 1), { maxLength: 3 }),
        swaps: fc.array(fc.tuple(fc.nat(), fc.constantFrom(...NAMES)), { maxLength: 4 }),
      })
      .map(({ merges, swaps }) => {
        const names = new Set(fields.map(([name]) => name));
        for (const [at, name] of swaps) {
          const old = [...names][at % names.size];
          if (old !== undefined && !names.has(name) && names.delete(old)) names.add(name);
        }
        const texts = [...values];
        for (const at of merges) if (at + 1 < texts.length) texts.splice(at, 2, `${texts[at]}&${texts[at + 1]}`);
        const sorted = [...names].sort().slice(0, texts.length);
        const { pp_SecureHash: hash = '' } = sources[source];
        return {
          source,
          fields: { ...Object.fromEntries(sorted.map((name, i) => [name, texts[i] ?? ''])), pp_SecureHash: hash },
        };
      });
  });

  test('is refused, or says what it said before', () => {
    let [accepted, refused] = [0, 0];
    fc.assert(
      fc.property(relabelled, ({ source, fields }) => {
        expect(hasValidHash(fields, settings)).toBe(true);
        for (const type of ['RETURN', 'IPN'] as const) {
          const checked = checkMessage(type, fields, settings);
          if ('fault' in checked) refused += 1;
          else {
            accepted += 1;
            expect(source).toBe(type.toLowerCase());
            expect(meaning(fields)).toEqual(meaning(sources[source]));
          }
        }
      }),
      { numRuns: 3_000 },
    );
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(accepted);
  });

  test('is refused where one value is another one, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(IPN)),
        fc.string({ unit: 'binary', maxLength: 30 }).filter(text => text !== ''),
        (name, text) => {
          fc.pre(IPN[name] !== text);
          expect(checkMessage('IPN', { ...sign(IPN), [name]: text }, settings)).toHaveProperty('fault');
        },
      ),
    );
  });
});

describe('POST /webhooks/jazzcash', () => {
  test('keeps a signed message without its password and acknowledges it by a signed answer', async () => {
    const handled = await sendIpn({ ...sign(IPN), pp_BankID: null, pp_ProductID: '' });

    if (handled.kind !== 'MESSAGE') throw new Error(handled.kind);
    expect(handled.message).toEqual({
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      type: 'ipn',
      payload: { reference, code: '121' },
    });
    expect(handled.answer.status).toBe(200);
    expect(JSON.parse(handled.answer.body)).toEqual({
      pp_ResponseCode: '000',
      pp_ResponseMessage: 'IPN received successfully',
      pp_SecureHash: 'D4E2D09665780C18A877870365CE8A960F6946841AF338C6DCF986A7D6D6D0F9',
    });
  });

  test('gives a repeat the same key, and other news another one', async () => {
    const keyOf = async (fields: Given) => {
      const handled = await sendIpn(sign(fields));
      return handled.kind === 'MESSAGE' ? handled.message.key : handled.kind;
    };

    const key = await keyOf(IPN);

    expect(await keyOf(Object.fromEntries(Object.entries(IPN).reverse()))).toBe(key);
    expect(await keyOf({ ...IPN, pp_ResponseCode: '199' })).not.toBe(key);
    expect(await keyOf({ ...IPN, pp_TxnRefNo: newReference(BEGAN) })).not.toBe(key);
  });

  test('acknowledges what is about no payment of this server', async () => {
    const foreign = sign({ ...IPN, pp_TxnRefNo: 'T20240418145702', pp_TxnDateTime: '20240418145703' });

    expect(await sendIpn(foreign)).toMatchObject({ kind: 'MESSAGE', answer: { status: 200 } });
  });

  test.each<[string, Given]>([
    ['no hash', IPN],
    [
      'the hash of another salt',
      { ...IPN, pp_SecureHash: signed(IPN, { ...settings, integritySalt: 'another1' }).pp_SecureHash ?? '' },
    ],
    ['another password', sign({ ...IPN, pp_Password: 'testpass01' })],
    ['no password', sign(without(IPN, 'pp_Password'))],
    ['the time of another transaction', sign({ ...IPN, pp_TxnDateTime: '20261121031501' })],
    ['no code', sign(without(IPN, 'pp_ResponseCode'))],
    ['a code of letters', sign({ ...IPN, pp_ResponseCode: 'ABC' })],
    ['what an answer to an inquiry has', sign({ ...IPN, pp_PaymentResponseCode: '121' })],
    ['a field in other case', sign({ ...IPN, PP_AMOUNT: '150050' })],
    ['an & in a text', sign({ ...IPN, pp_ResponseMessage: 'a&b' })],
  ])('refuses a message with %s by 400 and an unsigned answer', async (_what, fields) => {
    const handled = await sendIpn(fields);

    if (handled.kind !== 'REFUSED') throw new Error(handled.kind);
    expect(handled.answer.status).toBe(400);
    expect(JSON.parse(handled.answer.body)).toEqual({
      pp_ResponseCode: '199',
      pp_ResponseMessage: 'Invalid message',
      pp_SecureHash: '',
    });
    for (const secret of [CREDENTIALS.password, 'testpass01', CREDENTIALS.integritySalt, reference])
      expect(handled.reason).not.toContain(secret);
  });

  test.each(['', '[]', 'null', '"text"', '{"pp_TxnRefNo":', '{"pp_TxnRefNo":{}}', '{"__proto__":{"a":1}}', '\u0000'])(
    'refuses %j',
    async body => {
      expect(await send('/webhooks/jazzcash', body)).toMatchObject({ kind: 'REFUSED', answer: { status: 400 } });
    },
  );

  test('refuses whatever is not signed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async body => {
        expect((await send('/webhooks/jazzcash', body)).kind).toBe('REFUSED');
      }),
    );
  });
});

describe('what a kept message says', () => {
  const read = async (code: string) => adapter.read({ key: 'k', type: 'ipn', payload: { reference, code } });

  test.each(['000', '121', '122', '131', '157', '200', '777'])('of code %s: ask', async code => {
    expect(await read(code)).toEqual({ payment: { reference }, facts: [], ask: true });
  });

  test.each([
    ['112', 'CANCELED'],
    ['129', 'CANCELED'],
    ['116', 'EXPIRED'],
    ['199', 'FAILED'],
    ['999', 'FAILED'],
    ['004', 'FAILED'],
  ])('of code %s: %s, and ask', async (code, status) => {
    expect(await read(code)).toMatchObject({
      payment: { reference },
      facts: [{ kind: 'PAYMENT', status, code }],
      ask: true,
    });
  });

  test('of a payload that is none: nothing', async () => {
    expect(await adapter.read({ key: 'k', type: 'ipn', payload: null })).toEqual({ payment: null, facts: [] });
  });
});

describe('POST /payments/jazzcash/return', () => {
  test('says which payment the browser is back from and nothing else, even of a success', async () => {
    const handled = await sendReturn({ ...sign({ ...RETURN, pp_ResponseCode: '000' }), ppmpf_1: '', pp_BankID: '' });

    expect(handled).toEqual({ kind: 'RETURN', payment: { reference } });
  });

  test.each<[string, Given]>([
    ['no hash', RETURN],
    ['no merchant', sign(without(RETURN, 'pp_MerchantID'))],
    ['another merchant', sign({ ...RETURN, pp_MerchantID: 'MC00002' })],
    ['an amount that was changed', { ...sign(RETURN), pp_Amount: '100' }],
    ['the time of another transaction', sign({ ...RETURN, pp_TxnDateTime: '20261121031501' })],
    ['what an answer to an inquiry has', sign({ ...RETURN, pp_Status: 'Completed' })],
  ])('refuses a form with %s, and tells the payer that nothing is lost', async (_what, fields) => {
    const handled = await sendReturn(fields);

    expect(handled).toMatchObject({
      kind: 'REFUSED',
      answer: { status: 400, body: expect.stringContaining('nothing is lost') },
    });
  });

  test('refuses a form with a field twice', async () => {
    const body = `pp_Amount=100&${new URLSearchParams(sign(RETURN))}`;

    expect(await send('/payments/jazzcash/return', body)).toMatchObject({ kind: 'REFUSED' });
  });
});
