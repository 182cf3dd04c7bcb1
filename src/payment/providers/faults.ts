import { easyPaisaFaults } from './easypaisa/faults.ts';
import { jazzCashFaults } from './jazzcash/settings.ts';
import { stripeFaults } from './stripe/settings.ts';

/** What is wrong with the settings of all payment providers: sentences that begin with the setting's name. */
export const providerFaults = (environment: Readonly<Record<string, string | undefined>>): string[] => [
  ...stripeFaults(environment),
  ...jazzCashFaults(environment),
  ...easyPaisaFaults(environment),
];
