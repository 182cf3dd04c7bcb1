import type { Clock } from '../../platform/clock.ts';
import { SetupError } from '../../platform/errors.ts';
import type { Adapters } from './adapters.ts';
import { easyPaisaAdapter } from './easypaisa/easypaisa.ts';
import { easyPaisaSettings } from './easypaisa/settings.ts';
import { providerFaults } from './faults.ts';
import { jazzCashAdapter } from './jazzcash/jazzcash.ts';
import { jazzCashSettings } from './jazzcash/settings.ts';
import type { PaymentAdapter } from './provider.ts';
import { makeSandboxAdapter } from './sandbox/adapter.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox/provider/sandbox.ts';
import { sandboxSecrets } from './sandbox/signature.ts';
import { makeStripeAdapter } from './stripe/adapter.ts';
import { stripeSettings } from './stripe/settings.ts';

export interface ProviderOptions {
  /** The settings of all providers, by their names in the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly sandbox: SandboxSettings | null;
  /** Where providers and payers reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly clock: Clock;
}

/** What the make-believe provider needs, where there is one. */
export interface SandboxSettings extends Pick<SandboxOptions, 'database' | 'logger' | 'merchantUrl'> {
  /** What its keys are derived from. */
  readonly secret: string;
  /** Where this server reaches itself. */
  readonly baseUrl: () => string;
}

export interface Providers {
  readonly adapters: Adapters;
  /** The make-believe provider itself; null where there is none. */
  readonly sandbox: Sandbox | null;
}

/** Those providers that the settings name. Throws a SetupError that names every fault at once. */
export function setUpProviders({ environment, sandbox, publicUrl, clock }: ProviderOptions): Providers {
  const secrets = sandbox && sandboxSecrets(sandbox.secret);
  const adapters = [
    ...(sandbox && secrets ? [makeSandboxAdapter({ secrets, publicUrl, baseUrl: sandbox.baseUrl, now: clock })] : []),
    ...configuredAdapters({ environment, publicUrl, clock }),
  ];
  return {
    adapters: new Map(adapters.map(adapter => [adapter.name, adapter])),
    sandbox: sandbox && secrets && createSandbox({ ...sandbox, clock, secrets, publicUrl }),
  };
}

function configuredAdapters({
  environment,
  publicUrl,
  clock,
}: Omit<ProviderOptions, 'sandbox'>): readonly PaymentAdapter[] {
  const faults = providerFaults(environment);
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
