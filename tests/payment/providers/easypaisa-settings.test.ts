import { expect, test } from 'vitest';
import { easyPaisaFaults } from '../../../src/payment/providers/easypaisa/faults.ts';
import { type EasyPaisaEnvironment, easyPaisaSettings } from '../../../src/payment/providers/easypaisa/settings.ts';
import { ENVIRONMENT, settingsWith } from './easypaisa-attempts.ts';
import { makeKeyPair } from './easypaisa-openssl.ts';

test('without any settings there is no EasyPaisa and no fault', () => {
  expect(easyPaisaFaults({})).toEqual([]);
  expect(easyPaisaFaults({ NODE_ENV: 'production', EASYPAISA_API: 'v5' })).toEqual([]);
  expect(easyPaisaSettings({}, () => '')).toBeNull();
});

test("the five that EasyPaisa gives are enough in development: all else is of its staging servers' REST v4", () => {
  expect(easyPaisaFaults(ENVIRONMENT)).toEqual([]);
  expect(settingsWith()).toMatchObject({
    keys: null,
    hostedMethod: '',
    hostedDecimals: 1,
    email: null,
    urls: {
      hosted: 'https://easypaystg.easypaisa.com.pk/easypay/Index.jsf',
      confirm: 'https://easypaystg.easypaisa.com.pk/easypay/Confirm.jsf',
      wallet: 'https://easypaystg.easypaisa.com.pk/easypay-service/rest/v4/initiate-ma-transaction',
      inquiry: 'https://easypaystg.easypaisa.com.pk/easypay-service/rest/v4/inquire-transaction',
    },
  });
  expect(settingsWith().returnUrl()).toBe('https://shop.example/payments/easypaisa/return');
});

test.each<[EasyPaisaEnvironment, string]>([
  [{ EASYPAISA_STORE_ID: 'forty' }, 'EASYPAISA_STORE_ID has to be digits'],
  [{ EASYPAISA_HASH_KEY: '0123456789' }, 'EASYPAISA_HASH_KEY has to be 16, 24 or 32'],
  [{ EASYPAISA_USERNAME: 'api:user' }, 'EASYPAISA_USERNAME'],
  [{ EASYPAISA_PASSWORD: '' }, 'EASYPAISA_PASSWORD is missing'],
  [{ EASYPAISA_ACCOUNT_NUMBER: '12-3' }, 'EASYPAISA_ACCOUNT_NUMBER'],
  [{ EASYPAISA_EMAIL: 'nobody' }, 'EASYPAISA_EMAIL'],
  [{ EASYPAISA_BASE_URL: 'easypay.example' }, 'EASYPAISA_BASE_URL'],
  [{ EASYPAISA_BASE_URL: 'https://easypay.example/easypay' }, 'EASYPAISA_BASE_URL'],
  [{ EASYPAISA_REST_PATH: 'rest?x' }, 'EASYPAISA_REST_PATH'],
  [{ EASYPAISA_HOSTED_PATH: 'https://[broken' }, 'EASYPAISA_HOSTED_PATH'],
  [{ EASYPAISA_API: 'v6' }, 'EASYPAISA_API has to be v4 or v5'],
  [{ EASYPAISA_HOSTED_METHOD: 'CARD' }, 'EASYPAISA_HOSTED_METHOD'],
  [{ EASYPAISA_HOSTED_DECIMALS: '0' }, 'EASYPAISA_HOSTED_DECIMALS has to be 1 or 2'],
  [{ EASYPAISA_PRIVATE_KEY: 'not a key' }, 'EASYPAISA_PRIVATE_KEY'],
  [{ NODE_ENV: 'production' }, 'EASYPAISA_BASE_URL is missing'],
  [
    { NODE_ENV: 'production', EASYPAISA_BASE_URL: 'http://easypay.example' },
    'EASYPAISA_BASE_URL has to begin with https',
  ],
  [{ NODE_ENV: 'production', EASYPAISA_BASE_URL: 'http://localhost.example' }, 'has to begin with https'],
  [
    {
      NODE_ENV: 'production',
      EASYPAISA_BASE_URL: 'https://easypay.example',
      EASYPAISA_REST_PATH: 'http://rest.example',
    },
    'EASYPAISA_REST_PATH has to begin with https',
  ],
])('the settings %o have one fault, which says no value', (given, fault) => {
  const faults = easyPaisaFaults({ ...ENVIRONMENT, ...given });

  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
  expect(faults[0]).not.toContain(ENVIRONMENT.EASYPAISA_HASH_KEY);
});

test('REST v5 needs both keys, in one line each or in many', async () => {
  const { privateKey, publicKey } = await makeKeyPair();
  const given = {
    ...ENVIRONMENT,
    EASYPAISA_API: 'v5',
    EASYPAISA_PRIVATE_KEY: privateKey.replaceAll('\n', '\\n'),
    EASYPAISA_PUBLIC_KEY: publicKey,
  };

  expect(easyPaisaFaults(given)).toEqual([]);
  expect(settingsWith(given)).toMatchObject({ urls: { wallet: expect.stringContaining('/rest/v5/initiate-ma') } });
  expect(easyPaisaFaults({ ...given, EASYPAISA_PRIVATE_KEY: '' })).toEqual([
    expect.stringContaining('PRIVATE_KEY is missing'),
  ]);
  expect(easyPaisaFaults({ ...given, EASYPAISA_PUBLIC_KEY: undefined })).toEqual([
    expect.stringContaining('PUBLIC_KEY is missing'),
  ]);
});
