import type { Finding } from './check.ts';

const WARN_MS = 2_000;
/** The leeway that tokens of other issuers have. */
const STOP_MS = 30_000;

/** `theirs` was answered between `asked` and `answered`, all in milliseconds since 1970. */
export function clockFindings(whose: string, theirs: number, asked: number, answered: number): Finding[] {
  const uncertainty = (answered - asked) / 2;
  const apart = Math.abs(theirs - (asked + answered) / 2) - uncertainty;
  if (apart < WARN_MS) return [];
  const direction = theirs > answered ? 'behind' : 'ahead of';
  return [
    {
      severity: apart < STOP_MS ? 'warn' : 'stop',
      what: `The clock here is ${(apart / 1000).toFixed(1)} seconds ${direction} that of ${whose}.`,
      why: 'Tokens, reminders and the orders of what happened go by clocks, and signatures of payment providers by the minute.',
      mend: 'timedatectl set-ntp true, here and there',
    },
  ];
}
