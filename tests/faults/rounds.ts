/** Each fault comes so often, one after the other. */
export const ROUNDS = Number(process.env.FAULT_ROUNDS ?? 1);
/** Of a test with one fault. */
export const FAULT_TIMEOUT_MS = 90_000 + ROUNDS * 60_000;
