import type { Clock } from '../../platform/clock.ts';
import { SetupError } from '../../platform/errors.ts';
import { easyPaisaAdapter } from './easypaisa/easypaisa.ts';
import { easyPaisaFaults } from './easypaisa/faults.ts';
import { easyPaisaSettings } from './easypaisa/settings.ts';
import { jazzCashAdapter } from './jazzcash/jazzcash.ts';
import { jazzCashFaults, jazzCashSettings } from './jazzcash/settings.ts';
import type { PaymentAdapter } from './provider.ts';
import { makeStripeAdapter } from './stripe/adapter.ts';
import { stripeFaults, stripeSettings } from './stripe/settings.ts';

export interface ConfiguredOptions {
  /** The settings of all providers, by their names in the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where providers and payers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
}

/** The adapters of those providers that the settings name. Throws a SetupError that names every fault at once. */
export function configuredAdapters({ environment, publicUrl, clock }: ConfiguredOptions): readonly PaymentAdapter[] {
  const faults = [...stripeFaults(environment), ...jazzCashFaults(environment), ...easyPaisaFaults(environment)];
  if (faults.length > 0)
    throw new SetupError(
      `The settings of the payment providers cannot be used:\n${faults.map(fault => `  ${fault}`).join('\n')}\n.env.example explains each.`,
    );
  const stripe = stripeSettings(environment);
  const jazzCash = jazzCashSettings(environment, publicUrl);
  const easyPaisa = easyPaisaSettings(environment, publicUrl);
  return [
    ...(stripe ? [makeStripeAdapter({ settings: stripe, publicUrl, now: clock })] : []),
    ...(jazzCash ? [jazzCashAdapter(jazzCash)] : []),
    ...(easyPaisa ? [easyPaisaAdapter(easyPaisa)] : []),
  ];
}
