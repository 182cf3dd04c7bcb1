import { expect, test } from 'vitest';
import { createLogger, withKnownFields } from '../../src/platform/logger.ts';

/** What is written where this is logged. */
function logged(fields: object, message = 'something happened'): string {
  const lines: string[] = [];
  createLogger('trace', { write: line => void lines.push(line) }).warn(fields, message);
  return lines.join('');
}

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJlLW9mLW5vLXVzZQ';
const SECRETS: Readonly<Record<string, string>> = {
  'a hash of argon2id':
    '$argon2id$v=19$m=19456,t=2,p=1$2JAf7h9YyL0A1QLgliRPHQ$zNQvuGWR8HheksawNKiWOWI6PU3fXNdykWFfPSicX30',
  'a hash of bcrypt': '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
  'an access token': JWT,
  'a refresh token': `drt.01890a5dac96774bbcceb302099a8057.1.${'k'.repeat(43)}`,
  'the token of a link': `dlt.01890a5dac96774bbcceb302099a8057.${'k'.repeat(43)}`,
};

test.for(Object.entries(SECRETS))('%s is cut out of an error, of a field and of the message', ([, secret]) => {
  const err = new Error(`insert into users values ('ada', '${secret}') - duplicate key`);

  const line = logged({ err, any: { where: [`before ${secret} behind`] } }, `for ${secret}, no more`);

  expect(line).not.toContain(secret);
  expect(line).not.toContain(secret.slice(-20));
  expect(JSON.parse(line)).toMatchObject({
    any: { where: ['before [redacted] behind'] },
    msg: 'for [redacted], no more',
    err: { message: `insert into users values ('ada', '[redacted]') - duplicate key` },
  });
});

test('a bearer’s token of any form, and what is called a password, are cut out; the rest stands as it was', () => {
  const fields = { input: { password: 'Correct horse 7', email: 'ada@example.com' }, header: 'Bearer opaque-token-1' };

  const line = JSON.parse(logged(fields, 'costs $25, by eve'));

  expect(line).toMatchObject({
    input: { password: '[redacted]', email: 'ada@example.com' },
    header: 'Bearer [redacted]',
    msg: 'costs $25, by eve',
  });
});

test('a line says when, how bad and who, as collectors expect it', () => {
  const line = JSON.parse(logged({}, 'told')) as Record<string, unknown>;

  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    service: 'duely',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    pid: process.pid,
    msg: 'told',
  });
});

const NAMES = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'currentPassword',
  'newPassword',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
  'variables',
];

test.for(NAMES)('what is called %s is cut out, at the top, in a part, and in a part of that', name => {
  const fields = { [name]: 'plain-1', part: { [name]: 'plain-2', other: 'stays', deeper: { [name]: 'plain-3' } } };

  const line = logged(fields);

  expect(line).not.toContain('plain-');
  expect(JSON.parse(line)).toMatchObject({
    [name]: '[redacted]',
    part: { [name]: '[redacted]', other: 'stays', deeper: { [name]: '[redacted]' } },
  });
});

test('a line of known fields has no paths looked for, and what secrets look like is cut out of it all the same', () => {
  const lines: string[] = [];
  const logger = withKnownFields(createLogger('info', { write: line => void lines.push(line) }));

  logger.info({ operation: JWT, header: 'bearer opaque-token-2' }, 'operation');

  expect(JSON.parse(lines.join(''))).toMatchObject({
    service: 'duely',
    operation: '[redacted]',
    header: 'bearer [redacted]',
  });
});
