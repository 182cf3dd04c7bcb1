import { randomInt } from 'node:crypto';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An order's number as EasyPaisa takes it: at most 20 letters and digits. All but the first are chance: 98 bits. */
export const newReference = (): string => `E${Array.from({ length: 19 }, () => DIGITS[randomInt(36)]).join('')}`;

/** Whether it could be one. */
export const isReference = (text: string): boolean => /^[A-Za-z0-9]{1,20}$/.test(text);
