import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasValidHash, secureHash } from '../../../src/payment/providers/jazzcash/secure-hash.ts';
import { signatureByOpenssl } from './jazzcash-signature.ts';

const key = (integritySalt: string) => ({ integritySalt, hashEncoding: 'utf8' }) as const;
const SALT = 'saltsalt00';
const REFERENCE = 'T20261121031500001';
const MERCHANT = { pp_MerchantID: 'MC00001', pp_Password: 'testpass00' };
const SUCCESS = 'Thank you for Using JazzCash, your transaction was successful.';

/** As JazzCash's own guides print them. */
const OFFICIAL: Record<string, [salt: string, fields: Record<string, string | null>, hash: string]> = {
  O1: [
    '0F5DD14AE2',
    { pp_Amount: '2995', pp_MerchantID: 'MER123', pp_OrderInfo: 'A48cvE28' },
    'C7689CDA7474EB1ADCD343FD0C0B676BAD0BA66361CC46DB589BDB0DA4C1C867',
  ],
  O2: [
    '3vv9wu3a18',
    {
      pp_Amount: '25000',
      pp_MerchantID: 'MC25041',
      pp_MerchantMPIN: '1234',
      pp_Password: 'sz1v4agvyf',
      pp_TxnCurrency: 'PKR',
      pp_TxnRefNo: 'T20220518150213',
    },
    '2C595361C2DA0E502D18BFBAA92CF4740330215E5E8AD0CF4489A64E7400B117',
  ],
  O3: [
    '0123456789',
    {
      pp_Version: '2.0',
      pp_TxnType: 'MWALLET',
      pp_BankID: '',
      pp_ProductID: null,
      pp_Password: '0123456789',
      pp_TxnRefNo: 'T20240418145702',
      pp_TxnDateTime: '20240418145702',
      pp_ResponseCode: '121',
      pp_ResponseMessage: 'Transaction has been marked confirmed by Merchant.',
      pp_AuthCode: '060935465981',
      pp_SettlementExpiry: null,
      pp_RetreivalReferenceNo: '240418718258',
    },
    '2B47BCF7825FA27FC8B522292BC8D226213FCCDA685FC68A67EC20B10836E5B7',
  ],
  O4: [
    'YOUR_INTEGRITY_SALT',
    {
      pp_Version: '1.1',
      pp_TxnType: 'MPAY',
      pp_Language: 'EN',
      pp_MerchantID: 'YOUR_MERCHANT_ID',
      pp_Password: 'YOUR_PASSWORD',
      pp_TxnRefNo: 'TRN20260823120000123',
      pp_Amount: '100',
      pp_TxnCurrency: 'PKR',
      pp_TxnDateTime: '20260823120000',
      pp_BillReference: 'billref001',
      pp_Description: 'Test transaction description',
      pp_TxnExpiryDateTime: '20260824120000',
      pp_ReturnURL: 'https://merchant.example.com/jazzcash/return',
    },
    '20CA66D57652B9D2F0B4B2991C8324FC594633FD1FE8BBABE21F93DCE9F3C5AB',
  ],
  O5: [
    '9208s6wx05',
    {
      pp_Amount: '100',
      pp_BillReference: 'billRef3781',
      pp_CNIC: '345678',
      pp_Description: 'Test case description',
      pp_Language: 'EN',
      pp_MerchantID: 'MC32084',
      pp_MobileNumber: '03123456789',
      pp_Password: 'yy41w5f10e',
      pp_TxnCurrency: 'PKR',
      pp_TxnDateTime: '20220124224204',
      pp_TxnExpiryDateTime: '20220125224204',
      pp_TxnRefNo: 'T71608120',
    },
    '39ECAACFC30F9AFA1763B7E61EA33AC75977FB2E849A5EE1EDC4016791F3438F',
  ],
};

const ORDER = {
  ...MERCHANT,
  pp_Amount: '150050',
  pp_BillReference: 'ORD000042',
  pp_Description: 'Order ORD000042',
  pp_Language: 'EN',
  pp_TxnCurrency: 'PKR',
  pp_TxnDateTime: '20261121031500',
  pp_TxnExpiryDateTime: '20261122031500',
  pp_TxnRefNo: REFERENCE,
};
const HOSTED = {
  ...ORDER,
  pp_BankID: '',
  pp_ProductID: '',
  pp_SubMerchantID: '',
  pp_ReturnURL: 'https://shop.example/payments/jazzcash/return',
  pp_TxnType: 'MWALLET',
  pp_Version: '1.1',
};
const WALLET = { ...ORDER, pp_CNIC: '345678', pp_MobileNumber: '03123456789' };

/** Computed with openssl and Python. */
const WORKED: Record<string, [fields: Record<string, string>, hash: string]> = {
  'W1 hosted form': [
    { ...HOSTED, ppmpf_1: '03001234567', ppmpf_2: '' },
    'AFAB92D20AE0CAA6B10B226C1F6B4A47570213868163A6AC289F2C989B5D82A7',
  ],
  'W1 without ppmpf_1': [HOSTED, '911FABC8F21A9587AC1070579B978DBA621EB25556FBEFFBAE4079BE91209BFA'],
  'W2 wallet 2.0': [WALLET, 'C27B8551E56125C3AC9E2CCA260F423A50A53DD7F947ADB1B3B20E7EB677D04A'],
  'W2 with a zero, which counts': [
    { ...WALLET, pp_DiscountedAmount: '0' },
    'CD70D011D93D5723846C3AEABB578C2C7DCAF84C31435A41A9C43DAA68D23B4C',
  ],
  'W3 return': [
    {
      pp_Amount: '150050',
      pp_AuthCode: '024166247497',
      pp_BillReference: 'ORD000042',
      pp_Language: 'EN',
      pp_MerchantID: 'MC00001',
      pp_ResponseCode: '000',
      pp_ResponseMessage: SUCCESS,
      pp_RetreivalReferenceNo: '261121644299',
      pp_TxnCurrency: 'PKR',
      pp_TxnDateTime: '20261121031500',
      pp_TxnRefNo: REFERENCE,
      pp_TxnType: 'MWALLET',
      pp_Version: '1.1',
      ppmpf_1: '03001234567',
    },
    '93708DD95899A9CC2DE534FBC9760EA24BBF068FF8EAE51DFDF72AA5C871C7D6',
  ],
  'W4 IPN': [
    {
      pp_Version: '2.0',
      pp_TxnType: 'MWALLET',
      pp_Password: 'testpass00',
      pp_TxnRefNo: REFERENCE,
      pp_TxnDateTime: '20261121031500',
      pp_ResponseCode: '121',
      pp_ResponseMessage: 'Transaction has been marked confirmed by Merchant.',
      pp_AuthCode: '060935465981',
      pp_RetreivalReferenceNo: '261121718258',
    },
    '2B0C67D9273BD32BF1081FC2E8B14E24CA2EFF0909C8F8C5428AB3B2D329E1A4',
  ],
  'W5 acknowledgement': [
    { pp_ResponseCode: '000', pp_ResponseMessage: 'IPN received successfully' },
    'D4E2D09665780C18A877870365CE8A960F6946841AF338C6DCF986A7D6D6D0F9',
  ],
  'W6 inquiry': [
    { ...MERCHANT, pp_TxnRefNo: REFERENCE },
    '1FFF56AC9948274DEC9330252856F6474B13D9D2AFCA6DFFA65D0AA02722B021',
  ],
  'W7 answer to it': [
    {
      pp_Amount: '150050',
      pp_AuthCode: '060935465981',
      pp_BillReference: 'ORD000042',
      pp_MerchantID: 'MC00001',
      pp_PaymentResponseCode: '121',
      pp_PaymentResponseMessage: 'Transaction has been marked confirmed by Merchant.',
      pp_ResponseCode: '000',
      pp_ResponseMessage: SUCCESS,
      pp_RetrievalReferenceNo: '261121718258',
      pp_Status: 'Completed',
      pp_TxnDateTime: '20261121031500',
      pp_TxnRefNo: REFERENCE,
      pp_TxnType: 'MWALLET',
    },
    '8D802AE6EF0B64217B3BDBDC0A325AA044582E1E97732E794646790ACCB008CB',
  ],
  'W8 refund': [
    { ...MERCHANT, pp_Amount: '50000', pp_MerchantMPIN: '1234', pp_TxnCurrency: 'PKR', pp_TxnRefNo: REFERENCE },
    '1E638B749DC33BDB64C0BCB8EA5B36BF6A6FCA8DD6042FAAFA3081C975C7649E',
  ],
  'W9 answer to it': [
    { pp_ResponseCode: '000', pp_ResponseMessage: 'Transaction refunded successfully' },
    'FA90F8FA28D4C12D74171525327BAECBF2BBE0B422492C1C8C72453639B07352',
  ],
};

const fieldsArbitrary = fc.dictionary(
  fc.oneof(fc.stringMatching(/^pp(_|mpf_|mbf_)[A-Za-z0-9_]{1,12}$/), fc.stringMatching(/^[a-z]{1,6}$/)),
  fc.stringMatching(/^[ -~]{0,20}$/),
  { maxKeys: 12 },
);

describe('the hash of fields', () => {
  test.each(Object.entries(OFFICIAL))('is the one that the guides print: %s', (_name, [salt, fields, hash]) => {
    expect(secureHash(fields, key(salt))).toBe(hash);
    expect(hasValidHash({ ...fields, pp_SecureHash: hash.toLowerCase() }, key(salt))).toBe(true);
  });

  test.each(Object.entries(WORKED))('is the worked one: %s', (_name, [fields, hash]) => {
    expect(secureHash(fields, key(SALT))).toBe(hash);
  });

  test('sorts by bytes and leaves empty fields out, which wrong implementations do not', () => {
    expect(secureHash(HOSTED, key(SALT))).not.toBe('E6FBE3865353E715FC8E80EDA84C92B08E59AA2426207ACFE4A12C1CCBC29BD9');
    expect(secureHash({ pp_B: '1', pp_a: '2', ppmbf_1: '3' }, key(SALT))).toBe(
      secureHash({ ppmbf_1: '3', pp_a: '2', pp_B: '1' }, key(SALT)),
    );
  });

  test('is the same in any order and with empty fields or others, and another one with a field more', () => {
    fc.assert(
      fc.property(fieldsArbitrary, fc.stringMatching(/^[!-~]{8,20}$/), (fields, salt) => {
        const hash = secureHash(fields, key(salt));

        expect(hash).toMatch(/^[0-9A-F]{64}$/);
        expect(secureHash(Object.fromEntries(Object.entries(fields).reverse()), key(salt))).toBe(hash);
        expect(
          secureHash({ ...fields, pp_WithoutAnyValue: '', ppmpf_WithoutAValue: null, unsigned: 'x' }, key(salt)),
        ).toBe(hash);
        expect(secureHash({ ...fields, pp_ZZZZZZZZZZZZZZ: 'x' }, key(salt))).not.toBe(hash);
        expect(hasValidHash({ ...fields, pp_SecureHash: hash }, key(`${salt}x`))).toBe(false);
      }),
    );
  });

  test('is the one that openssl computes', async () => {
    await fc.assert(
      fc.asyncProperty(fieldsArbitrary, fc.stringMatching(/^[!-~]{8,20}$/), async (fields, salt) => {
        expect(secureHash(fields, key(salt))).toBe(await signatureByOpenssl(fields, salt));
      }),
      { numRuns: 25 },
    );
  });

  test.each([undefined, null, '', 'x', '0'.repeat(64), '0'.repeat(63)])('is not valid as %s', given => {
    expect(hasValidHash({ ...HOSTED, pp_SecureHash: given }, key(SALT))).toBe(false);
  });

  test('is of the chosen encoding beyond ASCII', () => {
    const fields = { pp_ResponseMessage: 'Café' };

    expect(secureHash(fields, key(SALT))).not.toBe(secureHash(fields, { integritySalt: SALT, hashEncoding: 'latin1' }));
  });
});
