import { dictionary } from '@zxcvbn-ts/language-common';
import { expect, test } from 'vitest';
import { COMMONEST, isCommonPassword } from '../../src/identity/common-passwords.ts';

test.for([
  'Password1',
  'PASSWORD1',
  'pASSWORD123',
  'Password1!',
  'Password2024',
  'P@ssw0rd',
  'P@ssw0rd1',
  'Passw0rd!',
  'Pa$$w0rd1',
  'Welcome1',
  'Welcome@123',
  'Welcome2025!',
  'Qwerty123',
  'QWERTY12345',
  '123Qwerty',
  '1Q2w3e4r',
  '1qaz2WSX',
  '!QAZ2wsx',
  'Abcd1234',
  'Abc12345',
  'Abc@1234',
  'Admin123',
  'Admin@123',
  'Summer2024',
  'Winter2025!',
  'Monday123',
  'Iloveyou1',
  'Letmein123',
  'Football1',
  'Dragon123',
  'Michael1',
  'Princess1',
  'Trustno1',
  'Changeme1',
  'Pakistan786',
  'Aa123456',
  'A12345678',
  'Test1234',
  'Passwort1',
])('%s is among the first that are guessed', password => {
  expect(isCommonPassword(password)).toBe(true);
});

test.for([
  'Correct horse 7',
  'Another horse 8',
  'Aaaaaa_7',
  'Xk7-plum-Orbit',
  'Welcome to the 7 hills',
  'Passwordless 2 be safe',
  'Zebra Kettle 44',
  'Vq8RmT2pLw',
])('%s is not', password => {
  expect(isCommonPassword(password)).toBe(false);
});

test('a common word with a common ending is refused in any letters, with or without blanks around it', () => {
  const spellings = ['Sunshine99', 'SUNSHINE99', 'sUnShInE99', ' Sunshine99 ', '99Sunshine'];

  expect(spellings.map(isCommonPassword)).toEqual(spellings.map(() => true));
});

test('each of the 10,000 commonest of a published list is refused, in any letters', () => {
  const commonest = dictionary['passwords-common'].slice(0, COMMONEST).map(String);

  const passed = commonest.filter(password => !isCommonPassword(password) || !isCommonPassword(password.toUpperCase()));

  expect(commonest).toHaveLength(10_000);
  expect(passed).toEqual([]);
});
