import type { TestApp } from './app.ts';

/** As if so much time had gone by for all that is counted. */
export const passTime = ({ database }: TestApp, seconds: number) =>
  database.query('update rate_limits set expire = expire - $1::bigint', [seconds * 1000]);
