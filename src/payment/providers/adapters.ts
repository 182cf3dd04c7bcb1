import type { PaymentAdapter, ProviderName } from './provider.ts';

/** The providers that this server is set up for. A payment may be of one that it no longer is. */
export type Adapters = ReadonlyMap<ProviderName, PaymentAdapter>;
