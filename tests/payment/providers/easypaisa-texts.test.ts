import fc from 'fast-check';
import { expect, test } from 'vitest';
import { amountRefusal, hostedRupees, paisa, rupees } from '../../../src/payment/providers/easypaisa/amounts.ts';
import { expiryText, momentOf } from '../../../src/payment/providers/easypaisa/pakistan-time.ts';
import { newReference } from '../../../src/payment/providers/easypaisa/reference.ts';
import { memberText } from '../../../src/payment/providers/easypaisa/signed-text.ts';

const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
/** As Karachi's clocks say it, by the time zones of the platform and not by the adapter's arithmetic. */
const karachi = (at: Date, options: Intl.DateTimeFormatOptions) =>
  Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Karachi', ...options })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
const DATE = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
} as const;

test("an expiry is told in Pakistan's time, at the turn of a year too", () => {
  expect(expiryText(new Date('2026-12-31T19:00:00Z'))).toBe('20270101 000000');
  fc.assert(
    // Before 2010 Pakistan had summer times.
    fc.property(fc.date({ min: new Date('2010-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), at => {
      const { year, month, day, hour, minute, second } = karachi(at, { ...DATE, hourCycle: 'h23' });

      expect(expiryText(at)).toBe(`${year}${month}${day} ${hour}${minute}${second}`);
    }),
  );
});

test('a moment of an answer is read as the one that was written, to the minute', () => {
  fc.assert(
    fc.property(instant, at => {
      const there = new Date(at.getTime() + 5 * 3_600_000).toISOString();
      const [year, month, day] = there.slice(0, 10).split('-');
      const hours = Number(there.slice(11, 13));
      const twelve = String(hours % 12 || 12).padStart(2, '0');

      const read = momentOf(`${day}/${month}/${year} ${twelve}:${there.slice(14, 16)} ${hours < 12 ? 'AM' : 'PM'}`);

      expect(read?.toISOString()).toBe(`${at.toISOString().slice(0, 16)}:00.000Z`);
    }),
  );
});

test.each([
  // The numbers of these recorded orders begin with the second at which they were made.
  ['03/10/2023 11:32 AM', new Date(0x651bb592 * 1000)],
  ['10/04/2023 01:55 PM', new Date(0x6433cef9 * 1000)],
  ['01/01/2027 12:00 AM', new Date('2026-12-31T19:00:00Z')],
  ['01/01/2027 12:00 PM', new Date('2027-01-01T07:00:00Z')],
])('the moment %s is day first, in Pakistan', (text, at) => {
  expect(momentOf(text)?.toISOString().slice(0, 16)).toBe(at.toISOString().slice(0, 16));
});

test.each([
  '',
  '31/02/2026 10:00 AM',
  '13/13/2026 10:00 AM',
  '01/01/2026 13:00 PM',
  '01/01/2026 00:10 AM',
  '2026-01-01 10:00',
  '1/1/2026 1:00 AM',
  ' 01/01/2026 10:00 AM',
])('the text "%s" is no moment', text => {
  expect(momentOf(text)).toBeNull();
});

const amount = fc.bigInt({ min: 1n, max: 9_999_999_999_999n });

test('an amount is read as what was told, also as a JSON number', () => {
  fc.assert(
    fc.property(amount, paisas => {
      const money = { amount: paisas, currency: 'PKR' };

      const told = rupees(money);

      expect(told).toMatch(/^\d+\.\d\d$/);
      expect(paisa(told)).toEqual(money);
      expect(paisa(String(JSON.parse(told)))).toEqual(money);
    }),
    { numRuns: 2_000 },
  );
});

test("an amount for EasyPaisa's page has one decimal and says all of it, or is refused", () => {
  fc.assert(
    fc.property(amount, paisas => {
      const money = { amount: paisas, currency: 'PKR' };

      const refusal = amountRefusal(money, 1);

      expect(refusal === null).toBe(paisas % 10n === 0n);
      if (refusal === null) expect(paisa(hostedRupees(money, 1))).toEqual(money);
      else expect(() => hostedRupees(money, 1)).toThrow();
      expect(paisa(hostedRupees(money, 2))).toEqual(money);
    }),
  );
});

test.each(['', '-5', '1e21', '10.005', ' 10', '10,5', 'ten', '.5'])('the text "%s" is no amount', text => {
  expect(paisa(text)).toBeNull();
  expect(paisa(undefined)).toBeNull();
});

test('only rupees are taken, and only amounts that a number says exactly', () => {
  expect(amountRefusal({ amount: 100n, currency: 'USD' }, 2)).toContain('PKR');
  expect(amountRefusal({ amount: 0n, currency: 'PKR' }, 2)).not.toBeNull();
  expect(amountRefusal({ amount: 9_999_999_999_999n, currency: 'PKR' }, 2)).toBeNull();
  expect(amountRefusal({ amount: 10_000_000_000_000n, currency: 'PKR' }, 2)).toContain('at most');
});

test('references are 20 letters and digits, and no two are the same', () => {
  const references = Array.from({ length: 10_000 }, newReference);

  expect(new Set(references).size).toBe(10_000);
  expect(references.filter(reference => !/^E[0-9A-Z]{19}$/.test(reference))).toEqual([]);
});

test("a member's text is found as it stands, whatever is around and in it", () => {
  const blank = fc.constantFrom('', ' ', '\n\t');
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), fc.string(), blank, blank, (value, other, name, before, after) => {
      fc.pre(name !== 'response');
      const text = JSON.stringify(value, null, after);
      const member = JSON.stringify(name);
      const json = `${before}{${member}${after}:${JSON.stringify(other)},"response"${before}:${after}${text}${before},"x":{"response":1}}`;

      expect(memberText(json, 'response')).toBe(text);
    }),
  );
});

test.each([
  '',
  '[]',
  '"response"',
  '{"response":1',
  '{"a":{"response":1}}',
  '{"response":1,"response":2}',
  '{"response":1,"\\u0072esponse":2}',
])('in %s no member can be told for sure', json => {
  expect(memberText(json, 'response')).toBeNull();
});
