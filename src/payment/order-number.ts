import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { type EntityManager, sqlOf } from '../platform/database.ts';

/** Crockford's base 32 (https://www.crockford.com/base32.html): nothing that a person could mistake for another one. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const RANDOM_DIGITS = 9;
const TRIES = 10;

/**
 * A number for people, which providers take as a reference too: at most 20 letters and digits, and the letter in front
 * keeps it from being read as a number. 45 random bits, so that nobody can count orders or guess one.
 */
export const randomOrderNumber = (): string =>
  `D${[...randomBytes(RANDOM_DIGITS)].map(byte => DIGITS.charAt(byte & 31)).join('')}`;

/**
 * A number that no order has, and that no other transaction takes until this one is over: the index refuses a second one
 * for good, but only by failing the whole transaction.
 */
export async function freeOrderNumber(em: EntityManager, next: () => string = randomOrderNumber): Promise<string> {
  const db = sqlOf<{ orders: { number: string } }>(em);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const number = next();
    // In a statement of its own: the look behind it has to see what whoever held it has committed.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`order ${number}`}, 0))`.execute(db);
    const taken = await db.selectFrom('orders').select('number').where('number', '=', number).executeTakeFirst();
    if (!taken) return number;
  }
  throw new Error(`No free number for an order was found in ${TRIES} tries.`);
}
