import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credentials } from '../../../src/payment/providers/easypaisa/call.ts';
import {
  canonicalText,
  merchantHash,
  readMerchantHash,
} from '../../../src/payment/providers/easypaisa/merchant-hash.ts';
import { decryptByOpenssl, hashByOpenssl } from './easypaisa-openssl.ts';

const KEY = '0123456789ABCDEF';

/** The text is printed in Easypay's guide; the hash of it was worked out with openssl. */
const GUIDE = {
  fields: {
    storeId: '28',
    amount: '10',
    postBackURL: 'http://localhost:9081/local/status.php',
    orderRefNum: '11001',
    expiryDate: '20150101 151515',
  },
  text: 'amount=10&expiryDate=20150101 151515&orderRefNum=11001&postBackURL=http://localhost:9081/local/status.php&storeId=28',
  hash: 'd/Y268/jCvKpzMeyzYpayiB6IOex/L99Y7eBeTv2djBoSgvzrrYReEEaBxrYZ+4ctZnNHDFQucZ1Ts5dsPQv4QGLCHtOB5DiVSKuj2Ph/AfRepupRiwe1wyweqLCe1I8Xozmohp66l1IVELIvcGJsdzzGmADtk9bt5qHaSOlv2g=',
};
const FULL = {
  fields: {
    storeId: '43',
    postBackURL: 'https://shop.example/payments/easypaisa/return',
    paymentMethod: 'MA_PAYMENT_METHOD',
    orderRefNum: 'E2026112103150000042',
    mobileNum: '03001234567',
    expiryDate: '20261122 031500',
    emailAddr: 'buyer@example.com',
    autoRedirect: '1',
    amount: '1500.50',
  },
  hash: 'Wo5wfN287s6QczcIXgBoMisbivVJg/UwSdI3a7yYcyiaLFWT93r+L1SdmzLqgsxn4QydAoAHj5f0B7Wzw/hCtf2JoM31/Ecbh6vMHuo48C4tcfNFt6rKLd+rZybZ80QC12ikZYSXBgKyv34EYFP9glqaCmPaxEI2C3oArCTs/Z9VOI0T4RxuSUHI4rmlMBWrm4xuXJVyMyx9MBDl1CIQLJ8p4VKNqafUk2HZSGv1Rd+MOYq3+X+c5V728iR59P48ADI8CBYPOLQ4ULwNq6TeHTsjQGpeM71N9ZTK/ve43tQxXO0wGvnH5BzHgFBHiELC4jT95bPAVdgXP2vWcSXDjQ==',
};

const field = fc.stringMatching(/^[A-Za-z0-9 .:/@=-]{0,40}$/);
const fields = fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,12}$/), field, { noNullPrototype: true });
const key = fc
  .constantFrom(16, 24, 32)
  .chain(length => fc.string({ minLength: length, maxLength: length, unit: 'grapheme-ascii' }));

test("the hash of the guide's example is the one that openssl makes", async () => {
  expect(canonicalText(GUIDE.fields)).toBe(GUIDE.text);
  expect(merchantHash(GUIDE.fields, KEY)).toBe(GUIDE.hash);
  expect(await hashByOpenssl(GUIDE.fields, KEY)).toBe(GUIDE.hash);
});

test('the hash of a form with all its fields is the one that openssl makes', async () => {
  expect(merchantHash(FULL.fields, KEY)).toBe(FULL.hash);
  expect(await hashByOpenssl(FULL.fields, KEY)).toBe(FULL.hash);
});

test('Credentials are Base64 without the name of a scheme', () => {
  expect(credentials('apiuser', 'apipass')).toBe('YXBpdXNlcjphcGlwYXNz');
});

test('a hash says the fields by name, whatever their order, and none that are empty', () => {
  fc.assert(
    fc.property(fields, key, (given, secret) => {
      const reversed = Object.fromEntries(Object.entries({ ...given, optional: '', merchantHashedReq: 'x' }).reverse());

      const hash = merchantHash(given, secret);

      expect(merchantHash(reversed, secret)).toBe(hash);
      expect(readMerchantHash(hash, secret)).toBe(canonicalText(given));
      expect(hash).toMatch(/^[A-Za-z0-9+/]+={0,2}$/);
    }),
  );
});

test('openssl makes the same hashes with keys of every length', async () => {
  await fc.assert(
    fc.asyncProperty(fields, key, async (given, secret) => {
      expect(await hashByOpenssl(given, secret)).toBe(merchantHash(given, secret));
    }),
    { numRuns: 25 },
  );
});

test('a field with "&" in it is refused, because it would read as two', () => {
  expect(() => merchantHash({ amount: '10', storeId: '43&amount=1' }, KEY)).toThrow('storeId');
  expect(() => merchantHash({ amount: '10' }, 'too short')).toThrow('16, 24 or 32 bytes');
});

/** This is why a hash is never taken for a proof; what catches it is in easypaisa-hosted.test.ts. */
test('blocks of two hashes make a third one that is valid and says the smaller amount for the dearer order', async () => {
  const order = {
    autoRedirect: '1',
    expiryDate: '20261122 031500',
    orderRefNum: 'E2026112103150000042',
    postBackURL: 'https://shop.example/payments/easypaisa/return',
    storeId: '43',
  };
  const cheap = Buffer.from(merchantHash({ ...order, orderRefNum: 'EOTHER', amount: '1000.0' }, KEY), 'base64');
  const dear = Buffer.from(merchantHash({ ...order, amount: '9000.0' }, KEY), 'base64');

  const spliced = Buffer.concat([cheap.subarray(0, 16), dear.subarray(16)]).toString('base64');

  expect(spliced).toBe(
    'Hl6pis1q8jKquH+UhMfnhK6xYLFeElnRNKGRNgnnMaz6ndAAWTZC5rZ704N18VASsZs6RVJYwlQ9TqhaRePdeBqP9ROh4FdgCkkvEfVOPRN/Xp2OFZjLLy7wvZbinQmxQo0vVgIWc/P2yEIAv+hnOWmg2VCo08TEkCF8mBlz5EufAZSijC6oWRLPac63MNK65czwKvZH/JFObpMJWv7zFw==',
  );
  expect(readMerchantHash(spliced, KEY)).toBe(canonicalText({ ...order, amount: '1000.0' }));
  expect(await decryptByOpenssl(spliced, KEY)).toBe(canonicalText({ ...order, amount: '1000.0' }));
});
