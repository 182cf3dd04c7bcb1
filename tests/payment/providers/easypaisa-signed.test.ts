import { beforeAll, expect, test } from 'vitest';
import { UnknownOutcomeError } from '../../../src/payment/providers/provider.ts';
import { promptOf, startEasyPaisa } from './easypaisa-attempts.ts';
import { type KeyPair, makeKeyPair } from './easypaisa-openssl.ts';

let [merchant, easyPaisasOwn]: KeyPair[] = [];

beforeAll(async () => {
  [merchant, easyPaisasOwn] = await Promise.all([makeKeyPair(), makeKeyPair()]);
});

/** Where `swapped`, this server signs with a key that EasyPaisa does not know. */
const startSigned = (swapped = false) =>
  startEasyPaisa(
    {
      EASYPAISA_API: 'v5',
      EASYPAISA_PRIVATE_KEY: (swapped ? easyPaisasOwn : merchant)?.privateKey,
      EASYPAISA_PUBLIC_KEY: easyPaisasOwn?.publicKey,
    },
    { keys: { merchantPublicKey: merchant?.publicKey ?? '', privateKey: easyPaisasOwn?.privateKey ?? '' } },
  );

test('a prompt over REST v5 is signed, and so is its answer, whose amounts end in noughts', async () => {
  await using easyPaisa = await startSigned();
  const { standIn, adapter } = easyPaisa;
  const attempt = promptOf({ money: { amount: 150_000n, currency: 'PKR' } });

  const { facts } = await adapter.start(attempt);

  expect(facts).toMatchObject([{ status: 'PENDING' }, { status: 'SUCCEEDED', money: attempt.money }]);
  expect(standIn.state.rejected).toEqual([]);
  expect(standIn.state.charges).toHaveLength(1);
});

test.each(['WRONG_SIGNATURE', 'NO_SIGNATURE'] as const)('an answer with %s tells nothing', async reply => {
  await using easyPaisa = await startSigned();
  const { standIn, adapter } = easyPaisa;
  const attempt = promptOf();
  await standIn.control({ next: { initiate: [{ reply }], inquire: [{ reply }] } });

  const errors = await Promise.all(
    [adapter.start(attempt), adapter.inquire(attempt, [])].map(call => call.catch((error: Error) => error)),
  );

  expect(errors.map(error => error instanceof UnknownOutcomeError)).toEqual([true, true]);
  expect(standIn.state.charges).toHaveLength(1);
});

test('a refusal with a wrong signature is none: the payer may have been prompted', async () => {
  await using easyPaisa = await startSigned();
  const { standIn, adapter } = easyPaisa;
  await standIn.control({ next: { initiate: [{ code: '0010', status: 'PAID', reply: 'WRONG_SIGNATURE' }] } });

  const error = await adapter.start(promptOf()).catch((thrown: Error) => thrown);

  expect(error).toBeInstanceOf(UnknownOutcomeError);
});

test('a server that signs with a key that EasyPaisa does not know is refused, and charges nobody', async () => {
  await using easyPaisa = await startSigned(true);

  const error = await easyPaisa.adapter.start(promptOf()).catch((thrown: Error) => thrown);

  expect(error).toMatchObject({ name: 'RefusedError', code: '0024' });
  expect(easyPaisa.standIn.state.charges).toEqual([]);
});
